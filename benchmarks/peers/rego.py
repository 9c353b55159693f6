"""The company policy in Rego, for whichever engine runs it."""

PACKAGE = "data.disclosure"

POLICY = """\
package disclosure

import rego.v1

default allow := false

allow if {
	permitted
	not forbidden
}

customer_information := {
	"contact_details", "identifiers", "application_details", "transactions_and_experience",
	"creditworthiness", "consumer_report", "health_information", "account_number",
}

everyday_business := {
	"evaluate_request", "process_claims", "confirm_information", "prevent_crime", "run_business",
	"process_data", "research", "audit", "comply_with_law",
}

marketing := {"own_products", "affiliate_products", "joint_products", "third_party_products"}

nonfinancial := {"nonfinancial_affiliate", "catalog_company", "retailer", "other_company"}

# What is permitted

permitted if input.recipient.kind == "same_company"

permitted if {
	input.data in customer_information
	input.recipient.kind != "same_company"
	input.purpose in everyday_business
	needed
}

permitted if permitted_offer

needed if input.disclosure.believed_necessary

needed if input.disclosure.required_by_law

permitted_offer if {
	input.purpose == "own_products"
	input.recipient.kind != "same_company"
	input.data in customer_information
	input.data != "health_information"
	input.subject.customer
	input.recipient.service_provider
}

permitted_offer if {
	input.purpose == "affiliate_products"
	input.recipient.kind in {"financial_affiliate", "nonfinancial_affiliate"}
	reachable
}

permitted_offer if {
	input.purpose == "joint_products"
	input.recipient.kind == "financial_company"
	input.recipient.joint_marketing_agreement
	reachable
}

reachable if {
	input.data in customer_information
	not input.data in {"health_information", "consumer_report"}
	input.subject.customer
	not input.subject.opted_out
	input.subject.opt_out_notice_on != null
	input.disclosure.on >= input.subject.opt_out_notice_on + 30
}

# What is forbidden

forbidden if {
	input.data in customer_information
	input.recipient.kind != "same_company"
	input.purpose in marketing
	not permitted_offer
}

forbidden if {
	input.disclosure.sold
	input.recipient.kind in nonfinancial
}
"""
