"""Cedar through cedarpy: roles are entities in their taxonomies, facts are the context."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.company import policy
from benchmarks.peers import Json, Peer, ordinal

POLICY = """\
@id("inside_the_company")
permit (principal == Recipient::"same_company", action, resource);

@id("necessary_or_required")
permit (
  principal,
  action in Action::"everyday_business",
  resource in Data::"customer_information"
) when {
  principal != Recipient::"same_company" &&
  (context.believed_necessary || context.required_by_law)
};

@id("own_offers")
permit (
  principal,
  action == Action::"own_products",
  resource in Data::"customer_information"
) when {
  principal != Recipient::"same_company" &&
  resource != Data::"health_information" &&
  context.customer && context.service_provider
};

@id("affiliate_offers")
permit (
  principal in Recipient::"affiliate",
  action == Action::"affiliate_products",
  resource in Data::"customer_information"
) when {
  resource != Data::"health_information" && resource != Data::"consumer_report" &&
  context.customer && context has opt_out_notice_on &&
  context.on >= context.opt_out_notice_on + 30
} unless { context.opted_out };

@id("joint_offers")
permit (
  principal == Recipient::"financial_company",
  action == Action::"joint_products",
  resource in Data::"customer_information"
) when {
  resource != Data::"health_information" && resource != Data::"consumer_report" &&
  context.customer && context.joint_marketing_agreement && context has opt_out_notice_on &&
  context.on >= context.opt_out_notice_on + 30
} unless { context.opted_out };

@id("other_marketing")
forbid (
  principal,
  action in [Action::"affiliate_products", Action::"joint_products",
             Action::"third_party_products", Action::"own_products"],
  resource in Data::"customer_information"
) when {
  principal != Recipient::"same_company"
} unless {
  resource != Data::"health_information" && context.customer && (
    (action == Action::"own_products" && context.service_provider) ||
    (resource != Data::"consumer_report" && !context.opted_out &&
     context has opt_out_notice_on && context.on >= context.opt_out_notice_on + 30 &&
     ((action == Action::"affiliate_products" && principal in Recipient::"affiliate") ||
      (action == Action::"joint_products" && principal == Recipient::"financial_company" &&
       context.joint_marketing_agreement))))
};

@id("sale_to_nonfinancial")
forbid (principal, action, resource) when {
  context.sold &&
  (principal in Recipient::"nonfinancial_company" ||
   principal == Recipient::"nonfinancial_affiliate")
};
"""


def peers() -> Iterator[Peer]:
    cedarpy: Any = import_module("cedarpy")
    entities = cedarpy.Entities.from_json_str(json.dumps(list(_entities())))
    parsed = cedarpy.PolicySet.from_str(POLICY)
    for name, policies in (("policies parsed before", parsed), ("policies as text", POLICY)):
        decide = partial(_decide, cedarpy.is_authorized, policies, entities)
        yield Peer(f"Cedar (cedarpy, {name})", _request, decide)


def _decide(is_authorized: Any, policies: Any, entities: Any, request: Json) -> bool:
    return bool(is_authorized(request, policies, entities).allowed)


def _entities() -> Iterator[Json]:
    for role, kind in (("data", "Data"), ("recipient", "Recipient"), ("purpose", "Action")):
        taxonomy = policy().taxonomy_of(role)
        assert taxonomy is not None
        for value in taxonomy.values:
            above = () if value.parent is None else (taxonomy.values[value.parent].name,)
            parents = [{"type": kind, "id": name} for name in above]
            yield {"uid": {"type": kind, "id": value.name}, "attrs": {}, "parents": parents}


def _request(request: Json) -> Json:
    context: Json = {}
    for key, value in request["facts"].items():
        name = key.partition(".")[2]
        given = ordinal(value) if name in ("opt_out_notice_on", "on") else value
        if given is not None:
            context[name] = given
    return {
        "principal": {"type": "Recipient", "id": request["recipient"]},
        "action": {"type": "Action", "id": request["purpose"]},
        "resource": {"type": "Data", "id": request["data"][0]},
        "context": context,
    }
