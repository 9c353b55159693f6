CASE
  WHEN NOT "asked"."data" IS NULL
  AND TYPEOF("asked"."data") = 'text'
  AND (
    "asked"."data" COLLATE BINARY
  ) IN (
    'contact_details',
    'identifiers',
    'application_details',
    'transactions_and_experience',
    'creditworthiness',
    'consumer_report',
    'health_information',
    'account_number',
    'deidentified_information',
    'public_information'
  )
  AND (
    "asked"."recipient" IS NULL
    OR (
      TYPEOF("asked"."recipient") = 'text'
      AND (
        "asked"."recipient" COLLATE BINARY
      ) IN (
        'same_company',
        'financial_affiliate',
        'nonfinancial_affiliate',
        'financial_company',
        'catalog_company',
        'retailer',
        'other_company',
        'consumer_reporting_agency',
        'regulator',
        'law_enforcement',
        'court',
        'professional_adviser',
        'research_body'
      )
    )
  )
  AND (
    "asked"."purpose" IS NULL
    OR (
      TYPEOF("asked"."purpose") = 'text'
      AND (
        "asked"."purpose" COLLATE BINARY
      ) IN (
        'evaluate_request',
        'process_claims',
        'confirm_information',
        'prevent_crime',
        'run_business',
        'process_data',
        'research',
        'audit',
        'comply_with_law',
        'own_products',
        'affiliate_products',
        'joint_products',
        'third_party_products',
        'other_purpose'
      )
    )
  )
  AND (
    "asked"."subject_customer" IS NULL
    OR (
      TYPEOF("asked"."subject_customer") = 'integer'
      AND "asked"."subject_customer" IN (0, 1)
    )
  )
  AND (
    "asked"."subject_product" IS NULL
    OR (
      TYPEOF("asked"."subject_product") = 'text'
      AND (
        "asked"."subject_product" COLLATE BINARY
      ) IN (
        'individual_life',
        'annuity',
        'auto_and_home',
        'group_life',
        'group_dental',
        'long_term_care',
        'other_product'
      )
    )
  )
  AND (
    "asked"."subject_opted_out" IS NULL
    OR (
      TYPEOF("asked"."subject_opted_out") = 'integer'
      AND "asked"."subject_opted_out" IN (0, 1)
    )
  )
  AND (
    "asked"."subject_opt_out_notice_on" IS NULL
    OR (
      TYPEOF("asked"."subject_opt_out_notice_on") = 'text'
      AND (
        "asked"."subject_opt_out_notice_on" COLLATE BINARY
      ) = DATE("asked"."subject_opt_out_notice_on")
      AND (
        "asked"."subject_opt_out_notice_on" COLLATE BINARY
      ) >= '1700-01-01'
      AND (
        "asked"."subject_opt_out_notice_on" COLLATE BINARY
      ) <= '9899-12-31'
    )
  )
  AND (
    "asked"."recipient_service_provider" IS NULL
    OR (
      TYPEOF("asked"."recipient_service_provider") = 'integer'
      AND "asked"."recipient_service_provider" IN (0, 1)
    )
  )
  AND (
    "asked"."recipient_joint_marketing_agreement" IS NULL
    OR (
      TYPEOF("asked"."recipient_joint_marketing_agreement") = 'integer'
      AND "asked"."recipient_joint_marketing_agreement" IN (0, 1)
    )
  )
  AND (
    "asked"."disclosure_on" IS NULL
    OR (
      TYPEOF("asked"."disclosure_on") = 'text'
      AND (
        "asked"."disclosure_on" COLLATE BINARY
      ) = DATE("asked"."disclosure_on")
      AND (
        "asked"."disclosure_on" COLLATE BINARY
      ) >= '1700-01-01'
      AND (
        "asked"."disclosure_on" COLLATE BINARY
      ) <= '9899-12-31'
    )
  )
  AND (
    "asked"."disclosure_sold" IS NULL
    OR (
      TYPEOF("asked"."disclosure_sold") = 'integer'
      AND "asked"."disclosure_sold" IN (0, 1)
    )
  )
  AND (
    "asked"."disclosure_believed_necessary" IS NULL
    OR (
      TYPEOF("asked"."disclosure_believed_necessary") = 'integer'
      AND "asked"."disclosure_believed_necessary" IN (0, 1)
    )
  )
  AND (
    "asked"."disclosure_required_by_law" IS NULL
    OR (
      TYPEOF("asked"."disclosure_required_by_law") = 'integer'
      AND "asked"."disclosure_required_by_law" IN (0, 1)
    )
  )
  THEN NOT (
    (
      (
        "asked"."purpose" IS NULL
        OR NOT (
          "asked"."purpose" COLLATE BINARY
        ) IN (
          'own_products',
          'affiliate_products',
          'joint_products',
          'third_party_products',
          'other_purpose'
        )
      )
      AND (
        (
          NOT (
            "asked"."data" COLLATE BINARY
          ) IN ('deidentified_information', 'public_information')
          AND (
            (
              (
                "asked"."recipient" IS NULL
                OR NOT (
                  "asked"."recipient" COLLATE BINARY
                ) IN (
                  'same_company',
                  'nonfinancial_affiliate',
                  'catalog_company',
                  'retailer',
                  'other_company'
                )
              )
              AND (
                "asked"."disclosure_believed_necessary" IS NULL
                OR NOT (
                  "asked"."disclosure_believed_necessary" = 1
                )
              )
              AND (
                "asked"."disclosure_required_by_law" IS NULL
                OR NOT (
                  "asked"."disclosure_required_by_law" = 1
                )
              )
            )
            OR (
              (
                "asked"."recipient" IS NULL
                OR (
                  "asked"."recipient" COLLATE BINARY
                ) IN ('nonfinancial_affiliate', 'catalog_company', 'retailer', 'other_company')
              )
              AND (
                "asked"."disclosure_sold" IS NULL
                OR "asked"."disclosure_sold" = 1
                OR (
                  (
                    "asked"."disclosure_believed_necessary" IS NULL
                    OR NOT (
                      "asked"."disclosure_believed_necessary" = 1
                    )
                  )
                  AND (
                    "asked"."disclosure_required_by_law" IS NULL
                    OR NOT (
                      "asked"."disclosure_required_by_law" = 1
                    )
                  )
                )
              )
            )
          )
        )
        OR (
          (
            "asked"."data" COLLATE BINARY
          ) IN ('deidentified_information', 'public_information')
          AND (
            "asked"."recipient" IS NULL
            OR NOT (
              (
                "asked"."recipient" COLLATE BINARY
              ) = 'same_company'
            )
          )
        )
      )
    )
    OR (
      (
        "asked"."purpose" IS NULL
        OR (
          "asked"."purpose" COLLATE BINARY
        ) = 'own_products'
      )
      AND (
        (
          NOT (
            "asked"."data" COLLATE BINARY
          ) IN ('health_information', 'deidentified_information', 'public_information')
          AND (
            (
              (
                "asked"."recipient" IS NULL
                OR NOT (
                  "asked"."recipient" COLLATE BINARY
                ) IN (
                  'same_company',
                  'nonfinancial_affiliate',
                  'catalog_company',
                  'retailer',
                  'other_company'
                )
              )
              AND (
                "asked"."subject_customer" IS NULL
                OR NOT (
                  "asked"."subject_customer" = 1
                )
                OR "asked"."recipient_service_provider" IS NULL
                OR NOT (
                  "asked"."recipient_service_provider" = 1
                )
              )
            )
            OR (
              (
                "asked"."recipient" IS NULL
                OR (
                  "asked"."recipient" COLLATE BINARY
                ) IN ('nonfinancial_affiliate', 'catalog_company', 'retailer', 'other_company')
              )
              AND (
                "asked"."disclosure_sold" IS NULL
                OR "asked"."disclosure_sold" = 1
                OR "asked"."subject_customer" IS NULL
                OR NOT (
                  "asked"."subject_customer" = 1
                )
                OR "asked"."recipient_service_provider" IS NULL
                OR NOT (
                  "asked"."recipient_service_provider" = 1
                )
              )
            )
          )
        )
        OR (
          (
            "asked"."data" COLLATE BINARY
          ) IN ('health_information', 'deidentified_information', 'public_information')
          AND (
            "asked"."recipient" IS NULL
            OR NOT (
              (
                "asked"."recipient" COLLATE BINARY
              ) = 'same_company'
            )
          )
        )
      )
    )
    OR (
      (
        "asked"."purpose" IS NULL
        OR (
          "asked"."purpose" COLLATE BINARY
        ) = 'affiliate_products'
      )
      AND (
        (
          NOT (
            "asked"."data" COLLATE BINARY
          ) IN (
            'consumer_report',
            'health_information',
            'deidentified_information',
            'public_information'
          )
          AND (
            (
              (
                "asked"."recipient" IS NULL
                OR (
                  "asked"."recipient" COLLATE BINARY
                ) = 'financial_affiliate'
              )
              AND (
                "asked"."subject_customer" IS NULL
                OR NOT (
                  "asked"."subject_customer" = 1
                )
                OR "asked"."subject_opt_out_notice_on" IS NULL
                OR "asked"."disclosure_on" IS NULL
                OR (
                  JULIANDAY("asked"."disclosure_on") - JULIANDAY("asked"."subject_opt_out_notice_on")
                ) <= 29
                OR "asked"."subject_opted_out" IS NULL
                OR "asked"."subject_opted_out" = 1
              )
            )
            OR (
              (
                "asked"."recipient" IS NULL
                OR (
                  "asked"."recipient" COLLATE BINARY
                ) = 'nonfinancial_affiliate'
              )
              AND (
                "asked"."disclosure_sold" IS NULL
                OR "asked"."disclosure_sold" = 1
                OR "asked"."subject_customer" IS NULL
                OR NOT (
                  "asked"."subject_customer" = 1
                )
                OR "asked"."subject_opt_out_notice_on" IS NULL
                OR "asked"."disclosure_on" IS NULL
                OR (
                  JULIANDAY("asked"."disclosure_on") - JULIANDAY("asked"."subject_opt_out_notice_on")
                ) <= 29
                OR "asked"."subject_opted_out" IS NULL
                OR "asked"."subject_opted_out" = 1
              )
            )
            OR "asked"."recipient" IS NULL
            OR NOT (
              "asked"."recipient" COLLATE BINARY
            ) IN ('same_company', 'financial_affiliate', 'nonfinancial_affiliate')
          )
        )
        OR (
          (
            "asked"."data" COLLATE BINARY
          ) IN (
            'consumer_report',
            'health_information',
            'deidentified_information',
            'public_information'
          )
          AND (
            "asked"."recipient" IS NULL
            OR NOT (
              (
                "asked"."recipient" COLLATE BINARY
              ) = 'same_company'
            )
          )
        )
      )
    )
    OR (
      (
        "asked"."purpose" IS NULL
        OR (
          "asked"."purpose" COLLATE BINARY
        ) = 'joint_products'
      )
      AND (
        (
          NOT (
            "asked"."data" COLLATE BINARY
          ) IN (
            'consumer_report',
            'health_information',
            'deidentified_information',
            'public_information'
          )
          AND (
            "asked"."recipient" IS NULL
            OR NOT (
              "asked"."recipient" COLLATE BINARY
            ) IN ('same_company', 'financial_company')
            OR (
              (
                "asked"."recipient" IS NULL
                OR (
                  "asked"."recipient" COLLATE BINARY
                ) = 'financial_company'
              )
              AND (
                "asked"."subject_customer" IS NULL
                OR NOT (
                  "asked"."subject_customer" = 1
                )
                OR "asked"."subject_opt_out_notice_on" IS NULL
                OR "asked"."disclosure_on" IS NULL
                OR (
                  JULIANDAY("asked"."disclosure_on") - JULIANDAY("asked"."subject_opt_out_notice_on")
                ) <= 29
                OR "asked"."subject_opted_out" IS NULL
                OR "asked"."subject_opted_out" = 1
                OR "asked"."recipient_joint_marketing_agreement" IS NULL
                OR NOT (
                  "asked"."recipient_joint_marketing_agreement" = 1
                )
              )
            )
          )
        )
        OR (
          (
            "asked"."data" COLLATE BINARY
          ) IN (
            'consumer_report',
            'health_information',
            'deidentified_information',
            'public_information'
          )
          AND (
            "asked"."recipient" IS NULL
            OR NOT (
              (
                "asked"."recipient" COLLATE BINARY
              ) = 'same_company'
            )
          )
        )
      )
    )
    OR (
      (
        "asked"."purpose" IS NULL
        OR (
          "asked"."purpose" COLLATE BINARY
        ) IN ('third_party_products', 'other_purpose')
      )
      AND (
        "asked"."recipient" IS NULL
        OR NOT (
          (
            "asked"."recipient" COLLATE BINARY
          ) = 'same_company'
        )
      )
    )
  )
  ELSE FALSE
END
