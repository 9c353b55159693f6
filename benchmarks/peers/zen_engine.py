"""zen-engine: the policy as one compiled expression, and as a decision table.

An expression names no rules, so the forbid that only says why nothing permits is not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.peers import Json, Peer, flat

NONFINANCIAL = '["nonfinancial_affiliate", "catalog_company", "retailer", "other_company"]'
NOT_CUSTOMER = '["deidentified_information", "public_information"]'
EVERYDAY = (
    '["evaluate_request", "process_claims", "confirm_information", "prevent_crime",'
    ' "run_business", "process_data", "research", "audit", "comply_with_law"]'
)

POLICY = f"""
not (disclosure_sold and recipient in {NONFINANCIAL}) and
(recipient == "same_company" or
 data not in {NOT_CUSTOMER} and (
   purpose in {EVERYDAY} ? disclosure_believed_necessary or disclosure_required_by_law
   : subject_customer and data != "health_information" and (
     purpose == "own_products" ? recipient_service_provider
     : data != "consumer_report" and not subject_opted_out and
       subject_opt_out_notice_on != null and
       disclosure_on >= subject_opt_out_notice_on + 30 and (
         purpose == "affiliate_products" and
           recipient in ["financial_affiliate", "nonfinancial_affiliate"] or
         purpose == "joint_products" and recipient == "financial_company" and
           recipient_joint_marketing_agreement))))
"""

ORDINARY = 'not in ["deidentified_information", "public_information", "health_information", "consumer_report"]'  # fmt: skip # noqa: E501
COLUMNS = (
    ("recipient", "recipient"),
    ("purpose", "purpose"),
    ("data", "data"),
    ("sold", "disclosure_sold"),
    ("customer", "subject_customer"),
    ("reason", "disclosure_believed_necessary or disclosure_required_by_law"),
    ("provider", "recipient_service_provider"),
    ("agreement", "recipient_joint_marketing_agreement"),
    ("opted_out", "subject_opted_out"),
    (
        "waited",
        "subject_opt_out_notice_on != null and disclosure_on >= subject_opt_out_notice_on + 30",
    ),
)
REACHABLE = {"customer": "true", "opted_out": "false", "waited": "true"}
ROWS: tuple[tuple[dict[str, str], str], ...] = (
    ({"recipient": NONFINANCIAL, "sold": "true"}, "false"),
    ({"recipient": '"same_company"'}, "true"),
    ({"data": NOT_CUSTOMER}, "false"),
    ({"purpose": EVERYDAY, "reason": "true"}, "true"),
    ({"data": '"health_information"'}, "false"),
    ({"purpose": '"own_products"', "customer": "true", "provider": "true"}, "true"),
    ({"data": '"consumer_report"'}, "false"),
    (
        {
            "recipient": '["financial_affiliate", "nonfinancial_affiliate"]',
            "purpose": '"affiliate_products"',
            **REACHABLE,
        },
        "true",
    ),
    (
        {
            "recipient": '"financial_company"',
            "purpose": '"joint_products"',
            "agreement": "true",
            **REACHABLE,
        },
        "true",
    ),
    ({}, "false"),
)


def peers() -> Iterator[Peer]:
    zen: Any = import_module("zen")
    yield Peer("zen-engine, expression", flat, zen.compile_expression(POLICY).evaluate)
    decision = zen.ZenEngine().create_decision(json.dumps(_table()))
    yield Peer("zen-engine, decision table", flat, partial(_decide, decision))


def _decide(decision: Any, request: Json) -> bool:
    return bool(decision.evaluate(request)["result"]["permitted"])


def _table() -> Json:
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": field} for name, field in COLUMNS],
        "outputs": [{"id": "permitted", "name": "permitted", "field": "permitted"}],
        "rules": [
            {"_id": str(number), **{name: row.get(name, "") for name, _ in COLUMNS}, "permitted": p}
            for number, (row, p) in enumerate(ROWS)
        ],
    }
    nodes = [
        {"id": "asked", "name": "asked", "type": "inputNode"},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": content},
        {"id": "said", "name": "said", "type": "outputNode"},
    ]
    edges = [
        {"id": f"{one}-{two}", "type": "edge", "sourceId": one, "targetId": two}
        for one, two in (("asked", "table"), ("table", "said"))
    ]
    return {"nodes": nodes, "edges": edges}
