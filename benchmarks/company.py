"""The company policy: its checker, requests drawn by seed, and the same policy by hand."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, NamedTuple

from privity.emit.load import load_checker
from privity.emit.python import emit_python
from privity.model.nodes import BooleanType, DateType, Policy, TaxonomyType
from privity.pipeline import compile_policy

Json = dict[str, Any]

ROOT = Path(__file__).parents[1]
POLICY = ROOT / "policies" / "metlife" / "customer_privacy.privity"
OFFERED_TO = {
    "own_products": ("retailer", "financial_company"),
    "affiliate_products": ("financial_affiliate", "nonfinancial_affiliate"),
    "joint_products": ("financial_company",),
}
NEAR_OFFERS = {
    "subject.customer": 0.9,
    "subject.opted_out": 0.2,
    "recipient.joint_marketing_agreement": 0.8,
    "disclosure.sold": 0.2,
}
FIRST_DAY = datetime.date(2024, 1, 1).toordinal()


@cache
def policy() -> Policy:
    compiled = compile_policy(POLICY, lambda path: Path(path).read_bytes())
    assert compiled.policy is not None, compiled.diagnostics
    return compiled.policy


@cache
def checker() -> ModuleType:
    return load_checker(emit_python(policy()))


# ------------------------------------------------------------------ requests


def requests(count: int, seed: int = 0) -> list[Json]:
    """Complete requests as `check_mapping` takes them, one data category each, all different.

    Every role and fact is drawn evenly, but that no notice was sent in a quarter of them.
    """
    return _different(count, Random(f"company {seed}"), _request)


def near_offers(count: int, seed: int = 0) -> list[Json]:
    """The same near an offer of affiliates or joint partners, where dates often decide."""
    return _different(count, Random(f"offers {seed}"), _offered)


def _different(count: int, random: Random, draw: Callable[[Random], Json]) -> list[Json]:
    found: dict[str, Json] = {}
    while len(found) < count:
        one = draw(random)
        found.setdefault(repr(one), one)
    return list(found.values())


def _request(random: Random) -> Json:
    roles = {role: random.choice(_leaves(role)) for role in ("data", "recipient", "purpose")}
    facts = {fact.key: _value(random, fact.key) for fact in policy().facts}
    return {**roles, "data": [roles["data"]], "facts": facts}


def _offered(random: Random) -> Json:
    one = _request(random)
    one["purpose"], recipients = random.choice(list(OFFERED_TO.items()))
    one["recipient"] = random.choice(recipients)
    one["facts"] |= {key: random.random() < share for key, share in NEAR_OFFERS.items()}
    if random.random() < 0.5:
        # About the day on which the opportunity to opt out has lasted long enough.
        on = datetime.date.fromisoformat(one["facts"]["disclosure.on"])
        notice = on - datetime.timedelta(random.randint(28, 32))
        one["facts"]["subject.opt_out_notice_on"] = notice.isoformat()
    return one


def _value(random: Random, key: str) -> object:
    fact = policy().fact_by_key[key]
    match fact.type:
        case BooleanType():
            return random.random() < 0.5
        case DateType():
            if fact.optional and random.random() < 0.25:
                return None
            return datetime.date.fromordinal(FIRST_DAY + random.randrange(120)).isoformat()
        case TaxonomyType():
            return random.choice(_leaves(key))
        case other:
            raise AssertionError(other)


@cache
def _leaves(role: str) -> tuple[str, ...]:
    taxonomy = policy().taxonomy_of(role)
    assert taxonomy is not None
    return tuple(leaf.name for leaf in taxonomy.leaves)


def partial_requests(count: int, seed: int = 0) -> list[Json]:
    """The same with one to four roles or facts left out."""
    random = Random(f"partial {seed}")
    return [_without(random, one) for one in requests(count, seed)]


def _without(random: Random, request: Json) -> Json:
    known = dict(request["facts"])
    left = {key: value for key, value in request.items() if key != "facts"}
    for key in random.sample(["recipient", "purpose", *known], random.randint(1, 4)):
        (known if key in known else left).pop(key)
    return {**left, "facts": known}


def broad_requests(count: int, seed: int = 0) -> list[Json]:
    """The same with two to five data categories."""
    random = Random(f"broad {seed}")
    return [
        {**one, "data": random.sample(_leaves("data"), random.randint(2, 5))}
        for one in requests(count, seed)
    ]


# ------------------------------------------------------------------ by hand


class Outcome(NamedTuple):
    permitted: bool
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A complete request as somebody would model it who writes the policy in Python."""

    data: str
    recipient: str
    purpose: str
    customer: bool
    opted_out: bool
    notice_on: datetime.date | None
    service_provider: bool
    joint_marketing_agreement: bool
    on: datetime.date
    sold: bool
    believed_necessary: bool
    required_by_law: bool


def disclosure(request: Json) -> Disclosure:
    facts = request["facts"]
    notice = facts["subject.opt_out_notice_on"]
    return Disclosure(
        data=request["data"][0],
        recipient=request["recipient"],
        purpose=request["purpose"],
        customer=facts["subject.customer"],
        opted_out=facts["subject.opted_out"],
        notice_on=notice and datetime.date.fromisoformat(notice),
        service_provider=facts["recipient.service_provider"],
        joint_marketing_agreement=facts["recipient.joint_marketing_agreement"],
        on=datetime.date.fromisoformat(facts["disclosure.on"]),
        sold=facts["disclosure.sold"],
        believed_necessary=facts["disclosure.believed_necessary"],
        required_by_law=facts["disclosure.required_by_law"],
    )


INSIDE = Outcome(True, ("inside_the_company",))
NECESSARY = Outcome(True, ("necessary_or_required",))
OWN_OFFERS = Outcome(True, ("own_offers",))
AFFILIATE_OFFERS = Outcome(True, ("affiliate_offers",))
JOINT_OFFERS = Outcome(True, ("joint_offers",))
NOTHING = Outcome(False)
MARKETING = Outcome(False, ("other_marketing",))
SOLD = Outcome(False, ("sale_to_nonfinancial",))
MARKETING_SOLD = Outcome(False, ("other_marketing", "sale_to_nonfinancial"))

NOT_CUSTOMER = frozenset({"deidentified_information", "public_information"})
NONFINANCIAL = frozenset({"nonfinancial_affiliate", "catalog_company", "retailer", "other_company"})
AFFILIATES = frozenset({"financial_affiliate", "nonfinancial_affiliate"})
MARKETING_PURPOSES = frozenset(
    {"own_products", "affiliate_products", "joint_products", "third_party_products"}
)
WINDOW = datetime.timedelta(days=30)


def by_hand(asked: Disclosure) -> Outcome:
    """The company policy as nested comparisons, the outcomes made once."""
    if asked.recipient == "same_company":
        return INSIDE
    sold = asked.sold and asked.recipient in NONFINANCIAL
    if asked.data in NOT_CUSTOMER or asked.purpose == "other_purpose":
        return SOLD if sold else NOTHING
    if asked.purpose not in MARKETING_PURPOSES:
        if sold:
            return SOLD
        return NECESSARY if asked.believed_necessary or asked.required_by_law else NOTHING
    offer = _offer(asked)
    if offer is None:
        return MARKETING_SOLD if sold else MARKETING
    return SOLD if sold else offer


def _offer(asked: Disclosure) -> Outcome | None:
    """The permitted offer that it is."""
    if not asked.customer or asked.data == "health_information":
        return None
    if asked.purpose == "own_products":
        return OWN_OFFERS if asked.service_provider else None
    if asked.data == "consumer_report" or asked.opted_out:
        return None
    if asked.notice_on is None or asked.on < asked.notice_on + WINDOW:
        return None
    if asked.purpose == "affiliate_products":
        return AFFILIATE_OFFERS if asked.recipient in AFFILIATES else None
    if asked.purpose == "joint_products" and asked.recipient == "financial_company":
        return JOINT_OFFERS if asked.joint_marketing_agreement else None
    return None


def disagreements(asked: list[Json]) -> Iterator[Json]:
    """The requests on which the policy by hand names another outcome or other rules."""
    module = checker()
    for one in asked:
        decision = module.check_mapping(one)
        found = by_hand(disclosure(one))
        if (decision.outcome == "permit", decision.rules) != found:
            yield one
