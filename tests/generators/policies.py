"""Random policies, whole texts that resolve without errors, from a seed or from Hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePath
from random import Random

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.generators.expressions import (
    ATOM,
    MOST,
    NOTHING,
    ExpressionWriter,
    Facts,
    FactWords,
    Path,
    Quantity,
    Words,
    sample,
    value_name,
)

from privity.model.nodes import Policy
from privity.pipeline import Compiled, compile_policy

FILE = PurePath("sample.privity")
CLAUSES = ("S1", "S2", "S3(a)(1)")
ROLES = ("data", "sender", "recipient", "subject", "purpose")
WORD_OF_ROLE = {"recipient": "with", "purpose": "for", "sender": "from", "subject": "about"}
VALUES = ("red", "blue", "green", "grey", "amber", "pink", "teal", "mauve", "ochre")
FACT_WORDS = ("north", "south", "east", "west", "up", "down", "left_hand", "right_hand", "red")
KINDS = ("boolean", "boolean", "boolean", "attested", "integer", "integer", "date", "date", "date",
         "duration", "taxonomy", "taxonomy", "set", "text")  # fmt: skip


@dataclass(frozen=True)
class Generated:
    """A policy text in parts: each of `blocks` is one declaration."""

    header: str
    blocks: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join((self.header, *self.blocks)) + "\n"


def compiled(text: str) -> Compiled:
    return compile_policy(FILE, lambda path: text.encode())


def resolved(text: str) -> Policy:
    """The policy of a text that must have no errors."""
    result = compiled(text)
    assert result.policy is not None, f"{result.diagnostics}\n{text}"
    return result.policy


def random_policy(rng: Random) -> Generated:
    """A policy without errors. One with a rule that plainly never applies is drawn anew: what is
    plain is the compiler's business. Any other error is a finding, and left for `resolved`."""
    while True:
        generated = _PolicyWriter(rng).policy()
        errors = {d.code for d in compiled(generated.text).diagnostics if d.severity == "error"}
        if "never-applies" not in errors:
            return generated


def policies() -> SearchStrategy[Generated]:
    return st.randoms(use_true_random=False).map(random_policy)


@dataclass
class _PolicyWriter:
    rng: Random

    def policy(self) -> Generated:
        rng = self.rng
        taxonomies = self.taxonomies()
        roles = tuple(role for role in ROLES if role in taxonomies)
        self.words = Words(taxonomies, roles, self.facts(taxonomies))
        self.write = ExpressionWriter(rng, self.words)
        named = self.named()
        rules = self.rules()
        rng.shuffle(rules)
        blocks = [
            self.source(),
            *(self.taxonomy(name) for name in taxonomies),
            *(f"fact {f.name} : {f.declared}{self.label(negative=True)}" for f in self.words.facts),
        ]
        rest = [*named, *rules, *self.extras()]
        if rng.random() < 0.3:
            rng.shuffle(rest)
        blocks += rest
        otherwise = rng.choice(("deny", "permit"))
        return Generated(f"policy sample{self.label()}\notherwise {otherwise}\n", tuple(blocks))

    # -------------------------------------------------------------- vocabulary

    def taxonomies(self) -> dict[str, tuple[Path, ...]]:
        rng = self.rng
        names = ["data", "recipient", "purpose"]
        names += [role for role in ("sender", "subject") if rng.random() < 0.3]
        names += ["state"]
        return {name: self.tree(name) for name in names}

    def tree(self, name: str) -> tuple[Path, ...]:
        rng = self.rng
        if name in ("sender", "subject") and rng.random() < 0.15:
            return ((name,),)
        words = rng.sample(VALUES, len(VALUES))
        repeated = words[:3]
        paths: list[Path] = [(name,)]
        for _ in range(rng.randint(2, 4)):
            child = (name, words.pop())
            paths.append(child)
            if rng.random() < 0.35:
                inner = [(*child, word) for word in rng.sample(repeated, rng.randint(1, 2))]
                inner = [path for path in inner if path[-1] != child[-1]]
                paths += inner
                if inner and rng.random() < 0.3:
                    deeper = rng.sample([word for word in repeated if word not in inner[-1]], 2)
                    paths += [(*inner[-1], word) for word in deeper]
        return tuple(paths)

    def taxonomy(self, name: str) -> str:
        paths = self.words.taxonomies[name]

        def items(above: Path) -> str:
            below = [p for p in paths if len(p) == len(above) + 1 and p[:-1] == above]
            inner = " ".join(f"{p[-1]}{self.label()}{items(p)}" for p in below)
            return f" {{ {inner} }}" if below else ""

        return f"taxonomy {name}{self.label()}{items((name,)) or ' {}'}"

    def facts(self, taxonomies: dict[str, tuple[Path, ...]]) -> tuple[FactWords, ...]:
        rng = self.rng
        kinds = ["date", "boolean", *(rng.choice(KINDS) for _ in range(rng.randint(4, 8)))]
        words = rng.sample(FACT_WORDS, len(FACT_WORDS))
        found: list[FactWords] = []
        for kind in kinds:
            word = words.pop() if words else f"spare_{len(found)}"
            name = f"{rng.choice((*ROLES, 'disclosure'))}.{word}"
            fact = FactWords(name, kind, kind, optional=rng.random() < 0.35)
            found.append(self.typed(fact, list(taxonomies)))
        return tuple(found)

    def typed(self, fact: FactWords, taxonomies: list[str]) -> FactWords:
        rng = self.rng
        taxonomy = rng.choice(("state", "state", *taxonomies))
        match fact.kind:
            case "attested":
                fact = replace(fact, declared="attested boolean")
            case "integer":
                low, high = rng.choice(((0, 50), (-5, 5), (1, 3), (18, 18), (-(10**12), 10**12)))
                written = f"integer from {low} to {high}" if high < 10**12 else "integer"
                fact = replace(fact, declared=written, low=low, high=high)
            case "duration":
                low, high = rng.choice(((0, 400), (-31, 31), (30, 90), (-36_524, 36_524)))
                written = f"duration from {low} days to {high} days"
                fact = replace(fact, declared=written if high < 36_524 else "duration", low=low,
                               high=high)  # fmt: skip
            case "taxonomy":
                fact = replace(fact, declared=taxonomy, taxonomy=taxonomy)
            case "set":
                fact = replace(fact, declared=f"set of {taxonomy}", taxonomy=taxonomy)
            case _:
                pass
        return replace(fact, declared=fact.declared + " or none") if fact.optional else fact

    def label(self, *, negative: bool = False) -> str:
        rng = self.rng
        if rng.random() < 0.8:
            return ""
        texts = ("a label", 'with a \\"quote\\"', "#no comment", "naïve €")
        return f' "{rng.choice(texts)}"' + (f' or "{rng.choice(texts)}"' if negative else "")

    def source(self) -> str:
        clauses = " ".join(f'{clause} "text of {clause}"' for clause in CLAUSES)
        return f"source law {{ {clauses} }}"

    def cite(self) -> str:
        cited = ", ".join(f"law {clause}" for clause in sample(self.rng, CLAUSES, 1, 2))
        return f"cite {cited}"

    # -------------------------------------------------------------- parameters and definitions

    def named(self) -> list[str]:
        """Parameters and definitions, each free to use those made before it."""
        rng = self.rng
        found = []
        for number in range(rng.randint(1, 4)):
            kind = rng.choice(("days", "months", "date", "integer", "text"))
            value = self.write.quantity(kind, constant=True, cost=Fraction(1, 3))
            found.append(f"parameter fixed_{number}{self.label()} = {value.text}")
            self.name_quantity(kind, f"fixed_{number}", value)
        for number in range(rng.randint(1, 3)):
            kind = rng.choice(("date", "date", "days", "integer"))
            quantity = self.write.quantity(kind, cost=Fraction(1, 3))
            found.append(f"define amount_{number}{self.label()} = {quantity.text}")
            self.name_quantity(kind, f"amount_{number}", quantity)
        if rng.random() < 0.2:
            name, taxonomy, optional = rng.choice(self.words.leaf_names())
            found.append(f"define whose{self.label()} = {name}")
            self.words.leaves.append(("whose", taxonomy, optional))
        for number in range(rng.randint(1, 4)):
            condition = self.write.condition(rng.choice((1, 2, 2)))
            found.append(f"define test_{number}{self.label()} =\n  {condition.text}")
            self.words.conditions.append((f"test_{number}", condition))
        rng.shuffle(found)
        return found

    def name_quantity(self, kind: str, name: str, value: Quantity) -> None:
        small = kind != "days" or value.size <= 12_000
        if small:
            kept = replace(value, text=name, level=ATOM)
            self.words.quantities.setdefault(kind, []).append(kept)

    # -------------------------------------------------------------- rules

    def rules(self) -> list[str]:
        """Effects mostly alternate, and each rule may yield to those made before it."""
        rng = self.rng
        made: list[tuple[str, str]] = []
        texts = []
        effect = rng.choice(("permit", "forbid"))
        for number in range(rng.randint(3, 7)):
            name = f"rule_{number}"
            opposite = [other for other, its in made if its != effect]
            texts.append(self.rule(name, effect, opposite))
            made.append((name, effect))
            if rng.random() < 0.75:
                effect = "forbid" if effect == "permit" else "permit"
        return texts

    def rule(self, name: str, effect: str, opposite: list[str]) -> str:
        rng = self.rng
        clauses: list[str] = []
        known: Facts = NOTHING
        counts = (0, 0, 1, 1, 1, 2) if effect == "permit" else (1, 1, 2, 2, 2, 3)
        for _ in range(rng.choice(counts)):
            condition = self.write.condition(rng.choice((0, 1, 1, 2)), known)
            if rng.random() < (0.5 if effect == "permit" else 0.7):
                clauses.append(f"when {condition.text}")
                known |= condition.if_true
            else:
                clauses.append(f"unless {condition.text}")
                known |= condition.if_false
        free = []
        if opposite and rng.random() < 0.7:
            word = "permitted" if effect == "forbid" else "forbidden"
            for group in self.in_groups(sample(rng, opposite[-3:], 1, 2)):
                free.append(f"unless {word} by {self.listed(group)}")
        if effect == "permit":
            for number in range(rng.choice((0, 0, 1, 2))):
                free.append(f"duty duty_{number}{self.label()}{self.deadline()}")
        if rng.random() < 0.6:
            free.append(self.cite())
        for clause in free:
            clauses.insert(rng.randint(0, len(clauses)), clause)
        head = f"{effect} {name}{self.label()}"
        scope = self.scope(0.75 if effect == "permit" else 0.35)
        return "\n  ".join((head, f"share {scope}", *clauses))

    def in_groups(self, names: list[str]) -> list[list[str]]:
        return [names] if self.rng.random() < 0.5 else [[name] for name in names]

    def listed(self, names: Sequence[str]) -> str:
        text = names[0]
        for name in names[1:]:
            text += self.rng.choice((", ", " or ")) + name
        return text

    def scope(self, wide: float) -> str:
        words = [f"{WORD_OF_ROLE[role]} {self.part(role, wide)}" for role in self.words.roles[1:]]
        self.rng.shuffle(words)
        return "\n  ".join((self.part("data", wide), *words))

    def part(self, role: str, wide: float) -> str:
        """A list of values, all with the chance `wide`, and what is taken away from it, with at
        least one leaf left."""
        rng = self.rng
        paths = self.words.taxonomies[role]
        while True:
            items = [paths[0]] if rng.random() < wide else sample(rng, paths[1:] or paths, 1, 3)
            excluded = sample(rng, paths[1:], 1, 2) if rng.random() < 0.25 else []
            if leaves_under(paths, items) - leaves_under(paths, excluded):
                break
        text = self.listed([self.item(role, path) for path in items])
        if excluded:
            text += f" but not {self.listed([self.item(role, path) for path in excluded])}"
        return text

    def item(self, role: str, path: Path) -> str:
        if len(path) > 1 or self.rng.random() < 0.3:
            return value_name(self.rng, self.words.taxonomies[role], path)
        return "anyone" if role == "recipient" and self.rng.random() < 0.7 else f"any {role}"

    def deadline(self) -> str:
        rng = self.rng
        kind = rng.choice(("none", "within", "by"))
        if kind == "none":
            return ""
        day = self.write.quantity("date", cost=Fraction(1, 4))
        while len(set(day.reads)) < len(day.reads):  # what cancels out is no matter of taste here
            day = self.write.quantity("date", cost=Fraction(1, 4))
        if kind == "by":
            return f" by {day.text}"
        limit = self.write.term(rng.choice(("days", "months")))
        both = day.reads + limit.reads
        if len(set(both)) < len(both) or Fraction(limit.size, 1200) + day.cost > MOST:
            limit = self.write.constant("days")
        return f" within {limit.text} of {day.text}"

    # -------------------------------------------------------------- the rest

    def extras(self) -> list[str]:
        rng = self.rng
        found = []
        for number in range(rng.choice((0, 0, 0, 1, 1, 2))):
            condition = self.write.condition(1)
            cite = f"\n  {self.cite()}" if rng.random() < 0.7 else ""
            text = f"assume steady_{number}{self.label()} that {condition.text}"
            found.append(f"{text}\n  until 2030-01-01{cite}")
        if rng.random() < 0.2:
            found.append('must tell_all "say so"\n  at start of relationship, every 12 months')
        return found


def leaves_under(paths: Sequence[Path], above: Sequence[Path]) -> set[Path]:
    inner = {path[:-1] for path in paths}
    leaves = [path for path in paths if path not in inner]
    return {leaf for leaf in leaves if any(leaf[: len(path)] == path for path in above)}
