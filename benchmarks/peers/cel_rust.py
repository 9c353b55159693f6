"""CEL through common-expression-language: one compiled expression, which is true iff permitted.

An expression names no rules, so the forbid that only says why nothing permits is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from benchmarks.peers import Peer, nested

POLICY = """
!(disclosure.sold && recipient.kind in [
  "nonfinancial_affiliate", "catalog_company", "retailer", "other_company"]) &&
(recipient.kind == "same_company" ||
 !(data in ["deidentified_information", "public_information"]) && (
   purpose in ["evaluate_request", "process_claims", "confirm_information", "prevent_crime",
               "run_business", "process_data", "research", "audit", "comply_with_law"] ?
     disclosure.believed_necessary || disclosure.required_by_law
   : subject.customer && data != "health_information" && (
     purpose == "own_products" ? recipient.service_provider
     : data != "consumer_report" && !subject.opted_out && subject.opt_out_notice_on != null &&
       disclosure.on >= subject.opt_out_notice_on + 30 && (
         purpose == "affiliate_products" &&
           recipient.kind in ["financial_affiliate", "nonfinancial_affiliate"] ||
         purpose == "joint_products" && recipient.kind == "financial_company" &&
           recipient.joint_marketing_agreement))))
"""


def peers() -> Iterator[Peer]:
    program = import_module("cel").compile(POLICY)
    yield Peer("CEL (common-expression-language)", nested, program.execute)
