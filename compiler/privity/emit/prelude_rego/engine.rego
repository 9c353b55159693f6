# --- copied from here
# ---------------------------------------------------------------- the answer

# Whether the policy permits the request, whatever its missing facts are.
default allow := false

allow if decision.outcome == "permit"

# What the policy says; undefined where `errors` says that the input is no request.
decision := {
	"outcome": outcome,
	"rules": deciding_rules,
	"citations": citations,
	"missing": [key | some key in variable_order; key in lacking],
	"duties": duties,
	"permitted_data": permitted_data,
	"policy": policy,
} if {
	count(errors) == 0
}

# ---------------------------------------------------------------- decisions
#
# `futures` are the ends of all paths that what is known leaves open. An end says for each group
# of data categories which outcome it gets and by which rules.

groups := {group | some leaf in input.data; group := group_of[leaf]}

permitting := {id |
	some id in futures
	denied := with_outcome(ends[id], "deny")
	count(denied) == 0
}

with_outcome(end, wanted) := {group |
	some group in groups
	its := end[group]
	its.outcome == wanted
}

# Of no end nothing is said: where there were none, nothing would be permitted.
outcome := "permit" if {
	all_answered
	count(futures) > 0
	permitting == futures
} else := "deny" if {
	all_answered
	count(futures) > 0
	count(permitting) == 0
} else := "unknown"

# Each question has an answer: were one lost, so would be what follows from it.
all_answered if {
	unanswered := {id | some found in cases; some id in object.keys(found); count(found[id]) == 0}
	count(unanswered) == 0
}

always_permitted := {group |
	all_answered
	some group in groups
	count(futures) > 0
	found := permitting_group(group)
	found == futures
}

permitting_group(group) := {id |
	some id in futures
	permitted := with_outcome(ends[id], "permit")
	group in permitted
}

# No comprehension stands in another, and what a function says is given a name before it is looked
# at: some engines lose track of variables otherwise.
#
# Forbids decide for one category what they forbid for all; permits only where all are permitted.
deciding(end) := {rule |
	some group in with_outcome(end, outcome)
	its := end[group]
	some rule in its.rules
}

deciding_rules := [rule |
	outcome != "unknown"
	some rule in rule_order
	found := where_decides(rule)
	found == futures
]

where_decides(rule) := {id |
	some id in futures
	found := deciding(ends[id])
	rule in found
}

citations := [cited | some place; cited := all_citations[place]; not cited in array.slice(all_citations, 0, place)]

all_citations := [cited | some rule in deciding_rules; some cited in rules[rule].citations]

permitted_data := [leaf |
	some leaf in variables.data.leaves
	leaf in input.data
	group := group_of[leaf]
	group in always_permitted
]

duties := [owed |
	some rule in rule_order
	rule in owing
	some duty in rules[rule].duties
	owed := owed_duty(rule, duty)
]

owing := {rule |
	some id in permitting
	found := deciding_if_permitted(ends[id])
	some rule in found
}

deciding_if_permitted(end) := {rule |
	some group in groups
	its := end[group]
	some rule in its.rules
}

owed_duty(rule, duty) := {"name": duty.name, "rule": rule, "label": duty.label} if {
	not duty.deadline
} else := {"name": duty.name, "rule": rule, "label": duty.label, "deadline": deadline_day(duty)}

deadline_day(duty) := day_text(deadline(duty.deadline, known)) if {
	count({key | some key in duty.reads} - known_values) == 0
} else := null

# ---------------------------------------------------------------- paths
#
# A world gives each missing variable of which several questions ask a value of its type, because
# their answers depend on each other; `varying` names these questions. All others are answered by
# themselves, once. A case says for each question which answers are open.

fixed_answers := {id: found |
	some id, question in questions
	not id in varying
	found := arms(id, question, known)
}

answer(id, v) := found if {
	id in varying
	found := arms(id, questions[id], v)
} else := found if {
	found := fixed_answers[id]
}

chosen[key] := found if {
	some key in tangled
	found := choices(key)
}

cases := {found |
	some world in worlds
	v := object.union(known, world)
	found := answers_to(object.keys(questions), v)
}

answers_to(ids, v) := {id: open | some id in ids; open := answer(id, v)}

futures := {id |
	some found in cases
	some id in reached(root, steps, ends, found)
}

# The ends to which the answers that are open lead.
reached(start, all_steps, all_ends, found) := places & object.keys(all_ends) if {
	leading := {id: next | some id, step in all_steps; next := targets(step, found)}
	nowhere := {id: none | some id, _ in all_ends; none := set()}
	places := graph.reachable(object.union(leading, nowhere), {start})
}

targets(step, found) := {target | some arm in found[step.asks]; target := step.to[arm]}

# ---------------------------------------------------------------- what is missing
#
# A missing variable counts iff it alone changes the outcome: there is a path of answers to all
# questions that do not read it, at whose end its own answers make a difference.

lacking contains key if {
	outcome == "unknown"
	some key, influence in influences
	not key in known_keys
	some situation in situations(key, influence)
	some id in reached(influence.root, influence.steps, influence.ends, situation.others)
	end := influence.ends[id]
	permitted := permitted_among(situation.own, end)
	count(permitted) > 0
	count(permitted) < count(situation.own)
}

permitted_among(own, end) := {one |
	some one in own
	left := groups - end[one]
	count(left) == 0
}

# The answers that are open to the other questions, and the combinations of those of its own.
situations(key, influence) := {situation |
	some world in worlds_without(key)
	v := object.union(known, world)
	others := answers_to(influence.others, v)
	own := own_combinations(key, influence.asks, v)
	situation := {"others": others, "own": own}
}

own_combinations(key, asks, v) := {one |
	some choice in own_choices(key)
	w := object.union(v, choice)
	found := answers_to(asks, w)
	its := combinations(key, found)
	some one in its
}

own_choices(key) := found if {
	found := chosen[key]
} else := {{}}

# ---------------------------------------------------------------- answers to questions

is_known(v, key) if key in object.keys(v)

all_known(v, keys) if count({key | some key in keys} - object.keys(v)) == 0

arms(id, question, v) := found if {
	question.kind == "pick"
	is_known(v, question.about)
	found := picked(question.groups, v[question.about])
} else := all_arms(question.groups) if {
	question.kind == "pick"
} else := sum_arms(id, question, v) if {
	question.kind == "sum"
} else := {1} if {
	truth(question, v) == true
} else := {0} if {
	truth(question, v) == false
} else := {1} if {
	# The one value that there is, is the same as itself.
	question.kind == "same_leaf"
	count(question.leaves) == 1
} else := {0, 1}

all_arms(groups_of_values) := {arm | some arm; groups_of_values[arm]}

# Of a text that no group names it is the last one.
picked(groups_of_values, value) := found if {
	found := {arm | some arm; group := groups_of_values[arm]; value in group}
	count(found) > 0
} else := {count(groups_of_values) - 1}

truth(question, v) := v[question.about] == null if {
	question.kind == "none"
	is_known(v, question.about)
}

truth(question, v) := some_of(v[question.about], question.leaves) if {
	question.kind == "contains"
	is_known(v, question.about)
}

truth(question, v) := v[question.reads[0]] == v[question.reads[1]] if {
	question.kind == "same_leaf"
	all_known(v, question.reads)
}

truth(question, v) := v[question.reads[0]] == v[question.reads[1]] if {
	question.kind == "same_text"
	all_known(v, question.reads)
	some key in question.reads
	is_known(known, key)
}

some_of(value, leaves) := false if {
	value == null
} else := true if {
	some leaf in leaves
	leaf in value
} else := false

# A sum of which two facts are missing is free, as is one that a fact may raise and lower.
is_free(question) if {
	count({key | some key in question.reads} - known_keys) > 1
}

is_free(question) if {
	some key in question.unsteady
	not key in known_keys
}

sum_arms(id, question, v) := {arm | some arm in numbers.range(0, count(question.bounds))} if {
	is_free(question)
} else := {arm | some arm in numbers.range(0, count(question.bounds))} if {
	# Whether a fact is none has been asked before: this answer is not looked at.
	some key in question.reads
	is_known(v, key)
	v[key] == null
} else := {arm_of(id, question, v)} if {
	all_known(v, question.reads)
} else := {arm |
	some key in question.reads
	not key in object.keys(v)
	values := number_cells(key, variables[key])
	some value in values
	w := object.union(v, {key: value})
	arm := arm_of(id, question, w)
}

arm_of(id, question, v) := count([bound | some bound in question.bounds; bound < sum]) if sum := total(id, v)

# ---------------------------------------------------------------- cells

choices(key) := {choice | some value in cells(key, variables[key]); choice := {key: value}} if {
	not key in known_keys
} else := {{}}

cells(key, variable) := known_cells(key, variable) | {null} if {
	variable.optional
} else := known_cells(key, variable)

known_cells(key, variable) := {leaf | some leaf in variable.leaves} if {
	variable.kind == "leaf"
} else := texts(key) if {
	variable.kind == "text"
} else := number_cells(key, variable)

# The lowest value, and where sums of which only this variable is missing pass a bound.
number_cells(key, variable) := {variable.low} | {value |
	some id
	question := questions[id]
	found := passing(id, question, key, variable)
	some value in found
}

passing(id, question, key, variable) := {value |
	some value in near_bounds(id, question, key)
	variable.low < value
	value <= variable.high
	after := object.union(known, {key: value})
	before := object.union(known, {key: value - 1})
	arm_after := arm_of(id, question, after)
	arm_before := arm_of(id, question, before)
	arm_after != arm_before
} if {
	question.kind == "sum"
	key in question.reads
	not key in question.unsteady
	others := {other | some other in question.reads} - {key}
	count(others - known_values) == 0
} else := set()

near_bounds(id, question, key) := {value |
	some bound in question.bounds
	middle := near(id, key, bound, known)
	some step in numbers.range(0 - question.reach, question.reach)
	value := middle + step
}

# What is known and not none.
known_values := {key | some key; value := known[key]; value != null}

texts(key) := named | {other} if {
	named := {text | some id; question := questions[id]; found := texts_of(key, question); some text in found}
	other := concat("", array.concat(["another text"], [text | some text in named]))
}

texts_of(key, question) := {text | some group in question.groups; some text in group; text != null} if {
	question.kind == "pick"
	question.about == key
} else := {text |
	question.kind == "same_text"
	key in question.reads
	some other in question.reads
	text := object.get(known, other, null)
	text != null
}

# ---------------------------------------------------------------- days
#
# Numbers of days, day 1 being 0001-01-01; years are counted from March, so that leap days end them.

# Not `%`, `min` and `max`: some engines have them wrong.
quotient(a, b) := floor(a / b)

remainder(a, b) := a - (b * floor(a / b))

lesser(a, b) := a if {
	a <= b
} else := b

greater(a, b) := a if {
	a >= b
} else := b

day_number(year, month, day) := (146097 * era + of_era) - 305 if {
	years := year - early(month)
	era := quotient(years, 400)
	of_400 := years - (400 * era)
	months := remainder(month + 9, 12)
	of_year := (quotient((153 * months) + 2, 5) + day) - 1
	of_era := (((365 * of_400) + quotient(of_400, 4)) - quotient(of_400, 100)) + of_year
}

early(month) := 1 if {
	month <= 2
} else := 0

civil(day) := {"year": years + early(month), "month": month, "day": (of_year - quotient((153 * months) + 2, 5)) + 1} if {
	era := quotient(day + 305, 146097)
	of_era := (day + 305) - (146097 * era)
	of_400 := quotient(((of_era - quotient(of_era, 1460)) + quotient(of_era, 36524)) - quotient(of_era, 146096), 365)
	of_year := of_era - (((365 * of_400) + quotient(of_400, 4)) - quotient(of_400, 100))
	years := of_400 + (400 * era)
	months := quotient((5 * of_year) + 2, 153)
	month := remainder(months + 2, 12) + 1
}

days_in(year, month) := 29 if {
	month == 2
	is_leap(year)
} else := 28 if {
	month == 2
} else := 30 if {
	month in {4, 6, 9, 11}
} else := 31

is_leap(year) if {
	remainder(year, 4) == 0
	remainder(year, 100) != 0
}

is_leap(year) if remainder(year, 400) == 0

# The day moved by calendar months, clipped to the month's end.
shift(day, months) := day_number(year, month, lesser(date.day, days_in(year, month))) if {
	date := civil(day)
	moved := (((date.year * 12) + date.month) - 1) + months
	year := quotient(moved, 12)
	month := remainder(moved, 12) + 1
}

# The same backwards, roughly, of numbers that need not be days.
unshift(day, months) := shift(lesser(greater(day, 40000), 3600000), 0 - months)

day_text(day) := sprintf("%04d-%02d-%02d", [date.year, date.month, date.day]) if date := civil(day)

# ---------------------------------------------------------------- requests

fault(code, path) := {"code": code, "path": path}

errors contains fault("wrong-type", "") if not is_object(input)

errors contains fault("unknown-key", key) if {
	is_object(input)
	some key, _ in input
	not key in request_keys
}

errors contains fault("missing-data", "data") if {
	is_object(input)
	not "data" in object.keys(input)
}

errors contains fault("wrong-type", "data") if {
	"data" in object.keys(input)
	not is_array(input.data)
}

errors contains fault("empty-data", "data") if input.data == []

errors contains fault(problem(variables.data, "set", input.data), "data") if {
	is_array(input.data)
	not is_plain(variables.data, "set", input.data)
}

errors contains fault("wrong-type", "facts") if {
	"facts" in object.keys(input)
	not is_object(input.facts)
}

errors contains fault(problem(variables[role], "leaf", input[role]), role) if {
	is_object(input)
	some role, _ in input
	role in roles
	not is_plain(variables[role], "leaf", input[role])
}

errors contains fault("unknown-key", concat(".", ["facts", key])) if {
	is_object(input.facts)
	some key, _ in input.facts
	not key in fact_keys
}

errors contains fault(problem(variables[key], variables[key].kind, value), concat(".", ["facts", key])) if {
	is_object(input.facts)
	some key, value in input.facts
	key in fact_keys
	not is_plain(variables[key], variables[key].kind, value)
}

request_keys := roles | {"data", "facts"}

# What the request states, made plain: days are numbers, sets are sets, none is null.
known := object.union(
	{role: value | some role, value in input; role in roles},
	{key: value |
		some key, stated in object.get(input, "facts", {})
		value := plain(variables[key], variables[key].kind, stated)
	},
)

known_keys := object.keys(known)

is_plain(variable, kind, value) if count([found | found := plain(variable, kind, value)]) == 1

plain(variable, _, value) := null if {
	value == null
	variable.optional
}

plain(_, kind, value) := value if {
	kind in {"boolean", "attested"}
	is_boolean(value)
}

plain(_, kind, value) := value.value if {
	kind == "attested"
	is_object(value)
	is_boolean(value.value)
	count(object.keys(value) - {"value", "by", "at"}) == 0
	count(odd_parts(value)) == 0
}

plain(variable, kind, value) := value if {
	kind in {"integer", "duration"}
	is_number(value)
	floor(value) == value
	variable.low <= value
	value <= variable.high
}

plain(variable, kind, value) := day if {
	kind == "date"
	day := day_of(value)
	variable.low <= day
	day <= variable.high
}

plain(_, kind, value) := value if {
	kind == "text"
	is_string(value)
}

plain(variable, kind, value) := value if {
	kind == "leaf"
	is_string(value)
	value in variable.leaves
}

plain(variable, kind, value) := found if {
	kind == "set"
	is_array(value)
	found := {leaf | some leaf in value}
	count(found) == count(value)
	count(found - {leaf | some leaf in variable.leaves}) == 0
}

odd_parts(value) := {name |
	some name in {"by", "at"}
	part := value[name]
	kind := type_name(part)
	kind != "string"
}

day_of(value) := day_number(year, month, day) if {
	is_string(value)
	regex.match(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, value)
	count(value) == 10
	year := to_number(trim_left(substring(value, 0, 4), "0"))
	month := two_digits(substring(value, 5, 2))
	day := two_digits(substring(value, 8, 2))
	month >= 1
	month <= 12
	day >= 1
	day <= days_in(year, month)
}

two_digits(text) := to_number(trim_left(text, "0")) if text != "00"

all_texts(items) if count([item | some item in items; kind := type_name(item); kind != "string"]) == 0

# The code of what is wrong with a value that has no plain one.
problem(variable, kind, value) := "never-none" if {
	value == null
	variable.fact
} else := "out-of-range" if {
	kind in {"integer", "duration"}
	is_number(value)
	floor(value) == value
} else := "out-of-range" if {
	kind == "date"
	is_number(day_of(value))
} else := "unknown-name" if {
	kind == "leaf"
	is_string(value)
} else := "unknown-name" if {
	kind == "set"
	is_array(value)
	all_texts(value)
	some leaf in value
	not leaf in variable.leaves
} else := "duplicate-name" if {
	kind == "set"
	is_array(value)
	all_texts(value)
} else := "wrong-type"
# --- to here
