"""vakt: policies as Python objects in its memory storage; whoever denies wins."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.company import policy
from benchmarks.peers import Json, Peer, ordinal


def peers() -> Iterator[Peer]:
    vakt: Any = import_module("vakt")
    storage = vakt.MemoryStorage()
    for one in _policies(vakt, import_module("vakt.rules")):
        storage.add(one)
    guard = vakt.Guard(storage, vakt.RulesChecker())
    yield Peer("vakt", _request, partial(_decide, guard.is_allowed_check, vakt.Inquiry))


def _decide(is_allowed: Any, inquiry: Any, request: Json) -> bool:
    return bool(is_allowed(inquiry(**request)))


def _request(request: Json) -> Json:
    """Facts are the context. Rules see one value at a time, so the days are one: how long ago."""
    facts = {key.partition(".")[2]: value for key, value in request["facts"].items()}
    on, notice = ordinal(facts.pop("on")), ordinal(facts.pop("opt_out_notice_on"))
    assert on is not None
    facts["days_since_notice"] = -1 if notice is None else max(-1, on - notice)
    return {
        "resource": request["data"][0],
        "action": request["purpose"],
        "subject": request["recipient"],
        "context": facts,
    }


def _under(role: str, name: str) -> list[str]:
    taxonomy = policy().taxonomy_of(role)
    assert taxonomy is not None
    value = next(value for value in taxonomy.values if value.name == name)
    return [leaf.name for leaf in taxonomy.leaves[value.first : value.last]]


def _policies(vakt: Any, rules: Any) -> Iterator[Any]:
    is_in, equals, true, false = rules.In, rules.Eq, rules.Truthy, rules.Falsy
    outside = rules.NotEq("same_company")
    customers = _under("data", "customer_information")
    no_health = [name for name in customers if name != "health_information"]
    ordinary = [name for name in no_health if name != "consumer_report"]
    affiliates = _under("recipient", "affiliate")
    reachable = {
        "customer": true(),
        "opted_out": false(),
        "days_since_notice": rules.GreaterOrEqual(30),
    }

    def allow(name: str, subject: Any, action: Any, data: Any, **context: Any) -> Any:
        return vakt.Policy(
            name,
            subjects=[subject],
            actions=[action],
            resources=[data],
            context=context,
            effect=vakt.ALLOW_ACCESS,
        )

    yield allow("inside_the_company", equals("same_company"), rules.Any(), rules.Any())
    everyday = is_in(*_under("purpose", "everyday_business"))
    for reason in ("believed_necessary", "required_by_law"):
        yield allow(reason, outside, everyday, is_in(*customers), **{reason: true()})
    yield allow(
        "own_offers",
        outside,
        equals("own_products"),
        is_in(*no_health),
        customer=true(),
        service_provider=true(),
    )
    yield allow(
        "affiliate_offers",
        is_in(*affiliates),
        equals("affiliate_products"),
        is_in(*ordinary),
        **reachable,
    )
    yield allow(
        "joint_offers",
        equals("financial_company"),
        equals("joint_products"),
        is_in(*ordinary),
        joint_marketing_agreement=true(),
        **reachable,
    )
    yield vakt.Policy(
        "sale_to_nonfinancial",
        subjects=[is_in("nonfinancial_affiliate", *_under("recipient", "nonfinancial_company"))],
        actions=[rules.Any()],
        resources=[rules.Any()],
        context={"sold": true()},
        effect=vakt.DENY_ACCESS,
    )
