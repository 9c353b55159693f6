"""Small policies, as text: random ones, the same for each seed, and a few by hand.

The random ones have every kind of fact, rule and claim; those by hand, with negative seeds, what
chance seldom makes matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.prove.policies import RefusedError, compiled

from privity.model.nodes import Policy

WORDS = """vocabulary words
taxonomy data      { a  b { c  d } }
taxonomy recipient { bank { savings }  shop }
taxonomy purpose   { service  mail }
taxonomy state     { east  west }
"""

FACTS = {
    "subject.f": ("boolean", 2),
    "disclosure.g": ("boolean or none", 3),
    "disclosure.judged": ("attested boolean", 2),
    "subject.n": ("integer from -1 to 1", 3),
    "subject.m": ("integer from 0 to 2 or none", 4),
    "disclosure.on": ("date", 10),
    "subject.since": ("date or none", 11),
    "disclosure.wait": ("duration from 0 days to 1 day", 2),
    "subject.home": ("state", 2),
    "subject.second_home": ("state or none", 3),
    "subject.chosen": ("recipient", 2),
    "sender.name": ("text", 4),
    "recipient.name": ("text or none", 5),
    "subject.homes": ("set of state", 4),
    "sender.homes": ("set of state or none", 5),
}
MOST = 45
"""Combinations of facts in a policy; each comes with twelve of the roles."""


@dataclass(frozen=True)
class Case:
    """A policy with claims, some of which compare it with another one."""

    seed: int
    source: str
    policy: Policy
    other: Policy


def case(seed: int) -> Case:
    """The first of the policies of a seed that is not refused: a rule may plainly never apply."""
    if seed < 0:
        return _by_hand(seed)
    random = Random(seed)
    while True:
        try:
            return _attempt(seed, random)
        except RefusedError as refused:
            if "never-applies" not in str(refused):
                raise


def _attempt(seed: int, random: Random) -> Case:
    facts = _some_facts(random)
    shared = WORDS + "".join(f"fact {key} : {FACTS[key][0]}\n" for key in facts)
    writer = _Writer(random, facts)
    head = f"policy p otherwise {random.choice(('deny', 'deny', 'permit'))}\nuse words\n"
    own = "fact subject.own : boolean\n" + writer.definitions()
    rules = writer.rules()
    source = head + own + "".join(rules) + writer.assumption(0.25) + writer.claims()
    changed = head.replace("policy p", "policy q") + own + "".join(writer.changed(rules))
    changed += writer.assumption(0.15)
    policy = compiled(source, words=shared)
    return Case(seed, shared + source + changed, policy, compiled(changed, words=shared))


def _by_hand(seed: int) -> Case:
    facts, rules, other, claims = BY_HAND[seed]
    shared = WORDS + facts
    source = f"policy p otherwise deny\nuse words\n{rules}"
    source += "".join(f"claim k{n} {claim}\n" for n, claim in enumerate(claims.splitlines()))
    changed = f"policy q otherwise deny\nuse words\n{other}"
    policy = compiled(source, words=shared)
    return Case(seed, shared + source + changed, policy, compiled(changed, words=shared))


def _some_facts(random: Random) -> list[str]:
    chosen: list[str] = []
    size = 2  # a boolean of the policy's own
    for key in random.sample(list(FACTS), len(FACTS)):
        if len(chosen) < 4 and size * FACTS[key][1] <= MOST:
            chosen.append(key)
            size *= FACTS[key][1]
    return [key for key in FACTS if key in chosen]


class _Writer:
    def __init__(self, random: Random, facts: list[str]) -> None:
        self.random = random
        self.booleans = ["subject.own"] + [f for f in facts if "boolean" in FACTS[f][0]]
        others = random.sample(found := _atoms(facts), min(5, len(found)))
        self.atoms = ["subject.own", *others, *(a for b in self.booleans for a in _ABOUT[b])]

    def maybe(self, probability: float) -> bool:
        return self.random.random() < probability

    # -------------------------------------------------------------- conditions

    def condition(self, depth: int = 2) -> str:
        match self.random.choice(("atom", "not", "and", "or")) if depth else "atom":
            case "atom":
                return self.random.choice(self.atoms)
            case "not":
                return f"not ({self.condition(depth - 1)})"
            case word:
                return f"({self.condition(depth - 1)} {word} {self.condition(depth - 1)})"

    def definitions(self) -> str:
        first = f"define early = {self.condition()}\n"
        self.atoms.append("early")
        second = f"define late = {self.condition()}\n"
        self.atoms.append("late")
        return first + second

    def scope(self) -> str:
        data = ("data", "data", "a", "b", "c", "b but not c", "data but not d", "a, d")
        recipient = ("anyone", "anyone", "bank", "savings", "anyone but not bank")
        purpose = ("any purpose", "any purpose", "service", "mail")
        pick = self.random.choice
        return f"{pick(data)} with {pick(recipient)} for {pick(purpose)}"

    def clauses(self, when: float, unless: float) -> str:
        text = "".join(f"  when {self.condition()}\n" for _ in range(2) if self.maybe(when))
        return text + (f"  unless {self.condition()}\n" if self.maybe(unless) else "")

    # -------------------------------------------------------------- rules

    def rules(self) -> list[str]:
        effects = [
            self.random.choice(("permit", "forbid")) for _ in range(self.random.randint(2, 6))
        ]
        rules = []
        for number, effect in enumerate(effects):
            against = [f"r{n}" for n, other in enumerate(effects[:number]) if other != effect]
            rules.append(self.rule(effect, f"r{number}", against))
        self.random.shuffle(rules)
        return rules

    def rule(self, effect: str, name: str, against: list[str]) -> str:
        text = f"{effect} {name} share {self.scope()}\n" + self.clauses(0.4, 0.3)
        if against and self.maybe(0.6):
            named = self.random.sample(against, self.random.randint(1, len(against)))
            text += f"  unless {'forbidden' if effect == 'permit' else 'permitted'} by "
            text += ", ".join(named) + "\n"
        if effect == "permit":
            text += "".join(f"  duty {duty}\n" for duty in ("log", "tell") if self.maybe(0.4))
        return text

    def changed(self, rules: list[str]) -> list[str]:
        """The rules of another policy: the same, or with one given up, loosened or added."""
        kept = list(rules)
        match self.random.choice(("same", "when", "duty", "added", "unless")):
            case "when":
                number = self.random.randrange(len(kept))
                kept[number] += f"  when {self.condition()}\n"
            case "unless":
                number = self.random.randrange(len(kept))
                kept[number] += f"  unless {self.condition()}\n"
            case "duty":
                kept = [rule.replace("duty log", "duty tell_too") for rule in kept]
            case "added":
                kept.append(self.rule(self.random.choice(("permit", "forbid")), "r9", []))
            case _:
                pass
        return kept

    def assumption(self, probability: float) -> str:
        if not self.maybe(probability):
            return ""
        return f"assume assumed that {self.condition()} until 2030-12-31\n"

    # -------------------------------------------------------------- claims

    def claims(self) -> str:
        fact = self.random.choice
        statements = [
            f"never share {self.scope()}",
            f"never share {self.scope()}",
            f"allowed only if {self.condition()} to share {self.scope()}",
            f"allowed only if {self.condition(1)} to share {self.scope()}",
            f"always allowed to share {self.scope()}",
            f"always allowed to share {self.scope()}",
            f"sometimes allowed to share {self.scope()}",
            f"{fact(self.booleans)} never permits more",
            f"{fact(self.booleans)} never permits less sharing {self.scope()}",
            f"{fact(self.booleans)} never permits {fact(('more', 'less'))} sharing {self.scope()}",
            f"{fact(self.booleans)} never affects sharing {self.scope()}",
            f"{fact(self.booleans)} never affects sharing {self.scope()}",
            "p is at least as strict as q",
            "p is at least as strict as q outcomes only",
            "p decides the same as q",
            "p decides the same as q outcomes only",
            f"every permit to share {self.scope()} carries log",
        ]
        duty = "permit with_duty share d with shop for mail duty log\n"
        return duty + "".join(
            f"claim k{n} {statement}\n{self.clauses(0.15, 0.1)}{self.assuming()}"
            for n, statement in enumerate(statements)
        )

    def assuming(self) -> str:
        return f"  assuming {self.condition()}\n" if self.maybe(0.1) else ""


def _atoms(facts: list[str]) -> list[str]:
    atoms = ["recipient is bank", "data is b", "data is one of a, d", "purpose is not mail"]
    for fact in facts:
        atoms += _ABOUT[fact]
    have = set(facts)
    return atoms + [atom for needed, atom in _BETWEEN if needed <= have]


_ABOUT = {
    "subject.own": ["subject.own"],
    "subject.f": ["subject.f", "subject.f is true"],
    "disclosure.g": [
        "(disclosure.g is not none and disclosure.g)",
        "disclosure.g is none",
        "disclosure.g is false",
    ],
    "disclosure.judged": ["disclosure.judged"],
    "subject.n": ["subject.n is at least 0", "subject.n is 1", "2 times subject.n is less than 1"],
    "subject.m": ["(subject.m is none or subject.m is more than 1)", "subject.m is 0"],
    "disclosure.on": [
        "disclosure.on is before 2026-03-01",
        "disclosure.on is 2026-03-01 - 1 day",
        "disclosure.on is on or after 2026-03-02",
    ],
    "subject.since": [
        "subject.since is none",
        "subject.since is 2026-03-01",
        "(subject.since is not none and subject.since is after 2026-03-01)",
    ],
    "disclosure.wait": ["disclosure.wait is at least 1 day"],
    "subject.home": ["subject.home is east"],
    "subject.second_home": ["subject.second_home is not west", "subject.second_home is none"],
    "subject.chosen": ["recipient is subject.chosen", "subject.chosen is shop"],
    "sender.name": ['sender.name is "x"', 'sender.name is not "y"'],
    "recipient.name": ['recipient.name is "x"', "recipient.name is none"],
    "subject.homes": ["subject.homes contains east", "subject.homes contains state"],
    "sender.homes": ["sender.homes contains west", "sender.homes is none"],
}
_BETWEEN = [
    ({"subject.n", "subject.m"}, "(subject.m is not none and subject.n is less than subject.m)"),
    ({"subject.n", "subject.m"}, "subject.n is subject.m"),
    (
        {"disclosure.on", "subject.since"},
        "(subject.since is not none and disclosure.on is after subject.since + 1 day)",
    ),
    ({"disclosure.on", "subject.since"}, "disclosure.on is not subject.since"),
    (
        {"disclosure.on", "disclosure.wait"},
        "disclosure.on is on or after 2026-03-01 + disclosure.wait",
    ),
    ({"subject.home", "subject.second_home"}, "subject.home is subject.second_home"),
    ({"sender.name", "recipient.name"}, "sender.name is recipient.name"),
    ({"subject.f", "disclosure.g"}, "subject.f is disclosure.g"),
    ({"subject.f", "disclosure.judged"}, "subject.f is disclosure.judged"),
]

ALL = "data with anyone for any purpose"
BY_HAND = (
    (  # none is no value
        """fact subject.home : state or none
fact sender.name : text or none
fact subject.g : boolean or none
fact subject.homes : set of state or none
""",
        f"""permit p1 share a with anyone for mail when subject.home is west
permit p2 share c with anyone for mail when sender.name is "x"
permit p3 share d with anyone for mail when subject.g is none
permit p4 share a with anyone for service when subject.homes contains state
permit p5 share c with anyone for service when subject.g is not false and subject.g is not true
permit p6 share d with anyone for service when subject.home is not west
forbid f1 share {ALL} when recipient is shop and subject.g is none
""",
        f"permit q1 share {ALL} when subject.home is west or subject.home is not west\n",
        """allowed only if subject.home is not none to share a with anyone for mail
allowed only if sender.name is not none to share c with anyone for mail
allowed only if subject.homes is not none to share a with anyone for service
allowed only if subject.g is none to share c with anyone for service
sometimes allowed to share d with anyone for service when subject.home is none
subject.g never affects sharing d with bank for mail
subject.g never affects sharing c with bank for service
subject.g never permits more sharing d with bank for mail
p is at least as strict as q
""",
    ),
    (  # texts and sets
        """fact sender.name : text
fact recipient.name : text
fact subject.homes : set of state
""",
        f"""permit p1 share a with anyone for any purpose when sender.name is "x"
  unless recipient.name is "x"
permit p2 share c with anyone for any purpose when sender.name is recipient.name
permit p3 share d with bank for any purpose when subject.homes contains state
permit p4 share d with shop for any purpose when subject.homes contains east
forbid f1 share {ALL} when sender.name is "y"
""",
        f'permit q1 share {ALL} unless sender.name is "y"\n',
        """allowed only if sender.name is not recipient.name to share a with anyone for mail
allowed only if sender.name is "x" to share c with anyone for mail
allowed only if recipient.name is not "y" to share c with anyone for mail
never share a with anyone for mail when recipient.name is sender.name
never share d with anyone for mail unless subject.homes contains state
never share d with shop for mail unless subject.homes contains east
sometimes allowed to share d with bank for mail unless subject.homes contains east
p is at least as strict as q
""",
    ),
    (  # yielding in a chain, and rules that meet a scope without lying in it
        "fact subject.f : boolean\nfact subject.g : boolean\n"
        "fact subject.n : integer from 0 to 3\n",
        f"""permit p1 share b with anyone for any purpose unless forbidden by f1
forbid f1 share data with bank for any purpose unless permitted by p2
permit p2 share c with anyone for mail unless forbidden by f2
forbid f2 share {ALL} when subject.f
permit p3 share a with shop for any purpose when subject.n is 2 or subject.n is 3
  unless subject.n is at least 3
""",
        f"permit q1 share {ALL} unless subject.f\n",
        """never share d with bank for service
never share c with bank for mail
sometimes allowed to share c with bank for mail
allowed only if not subject.f to share c with anyone for mail
allowed only if subject.n is 2 to share a with anyone for any purpose
subject.f never permits more
subject.g never affects sharing data with anyone for any purpose
p is at least as strict as q
p decides the same as q
""",
    ),
    (  # roles that matter together
        "fact subject.f : boolean\nfact subject.g : boolean or none\n",
        """permit p1 share a with anyone for mail
permit p2 share b with bank for mail
permit p3 share b with shop for service when subject.f
forbid f1 share d with bank for mail when subject.g is none
""",
        "permit q1 share data with bank for mail\npermit q2 share a, b with shop for mail\n",
        """never share data with anyone for mail
never share data with anyone for any purpose
always allowed to share data with anyone for mail
always allowed to share a with anyone for mail
always allowed to share a with anyone for mail when subject.f and not subject.f
subject.g never affects sharing data with anyone for mail
p is at least as strict as q
""",
    ),
    (  # duties, on one side and on the other, and where nothing is permitted
        "fact subject.f : boolean\nfact subject.g : boolean\n",
        f"""permit p1 share b with anyone for any purpose duty log duty tell
permit p2 share c with bank for any purpose when subject.f duty warn
forbid f1 share {ALL} when subject.g
""",
        f"""permit q1 share b with anyone for any purpose duty log duty warn
permit q2 share data with shop for mail duty never_owed
forbid f1 share {ALL} when subject.g
forbid f2 share a with shop for any purpose
""",
        """every permit to share b with anyone for any purpose carries log
every permit to share b with anyone for any purpose carries warn
every permit to share a with anyone for any purpose carries log
p is at least as strict as q when subject.f and recipient is bank and data is c
p is at least as strict as q when data is c
p is at least as strict as q outcomes only
p decides the same as q
p decides the same as q outcomes only
p decides the same as q when recipient is bank outcomes only
""",
    ),
)
