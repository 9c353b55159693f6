"""casbin: a line a rule, whose condition the matcher evaluates; whoever denies wins."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from benchmarks.peers import Json, Peer, flat

MODEL = """\
[request_definition]
r = asked

[policy_definition]
p = name, condition, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = eval(p.condition)
"""

CUSTOMER = "r.asked.data not in ('deidentified_information', 'public_information')"
ORDINARY = f"{CUSTOMER} and r.asked.data not in ('health_information', 'consumer_report')"
EVERYDAY = (
    "r.asked.purpose in ('evaluate_request', 'process_claims', 'confirm_information',"
    " 'prevent_crime', 'run_business', 'process_data', 'research', 'audit', 'comply_with_law')"
)
OUTSIDE = "r.asked.recipient != 'same_company'"
REACHABLE = (
    "r.asked.subject_customer and not r.asked.subject_opted_out"
    " and r.asked.disclosure_on >= r.asked.subject_opt_out_notice_on + 30"
)
NECESSARY = "(r.asked.disclosure_believed_necessary or r.asked.disclosure_required_by_law)"
POLICY = {
    "inside_the_company": ("r.asked.recipient == 'same_company'", "allow"),
    "necessary_or_required": (f"{EVERYDAY} and {OUTSIDE} and {CUSTOMER} and {NECESSARY}", "allow"),
    "own_offers": (
        f"r.asked.purpose == 'own_products' and {OUTSIDE} and {CUSTOMER}"
        " and r.asked.data != 'health_information'"
        " and r.asked.subject_customer and r.asked.recipient_service_provider",
        "allow",
    ),
    "affiliate_offers": (
        "r.asked.purpose == 'affiliate_products'"
        " and r.asked.recipient in ('financial_affiliate', 'nonfinancial_affiliate')"
        f" and {ORDINARY} and {REACHABLE}",
        "allow",
    ),
    "joint_offers": (
        "r.asked.purpose == 'joint_products' and r.asked.recipient == 'financial_company'"
        f" and {ORDINARY} and r.asked.recipient_joint_marketing_agreement and {REACHABLE}",
        "allow",
    ),
    "sale_to_nonfinancial": (
        "r.asked.disclosure_sold and r.asked.recipient in"
        " ('nonfinancial_affiliate', 'catalog_company', 'retailer', 'other_company')",
        "deny",
    ),
}
NEVER = 10**7
"""The day of a notice that was never sent: later than any."""


def peers() -> Iterator[Peer]:
    casbin: Any = import_module("casbin")
    model = casbin.Enforcer.new_model(text=MODEL)
    enforcer = casbin.Enforcer(model)
    logging.getLogger("casbin").setLevel(logging.ERROR)
    for name, (condition, effect) in POLICY.items():
        enforcer.add_policy(name, condition, effect)
    yield Peer("casbin", _request, partial(_decide, enforcer))


def _decide(enforcer: Any, request: Json) -> bool:
    return bool(enforcer.enforce(SimpleNamespace(**request)))


def _request(request: Json) -> Json:
    found = flat(request)
    if found["subject_opt_out_notice_on"] is None:
        found["subject_opt_out_notice_on"] = NEVER
    return found
