CASE
  WHEN NOT "asked"."data" IS NULL
  AND (
    "asked"."data" COLLATE "C"
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
      "asked"."recipient" COLLATE "C"
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
  AND (
    "asked"."purpose" IS NULL
    OR (
      "asked"."purpose" COLLATE "C"
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
  AND (
    "asked"."subject_product" IS NULL
    OR (
      "asked"."subject_product" COLLATE "C"
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
  AND (
    "asked"."subject_opt_out_notice_on" IS NULL
    OR (
      "asked"."subject_opt_out_notice_on" >= CAST('1700-01-01' AS DATE)
      AND "asked"."subject_opt_out_notice_on" <= CAST('9899-12-31' AS DATE)
    )
  )
  AND (
    "asked"."disclosure_on" IS NULL
    OR (
      "asked"."disclosure_on" >= CAST('1700-01-01' AS DATE)
      AND "asked"."disclosure_on" <= CAST('9899-12-31' AS DATE)
    )
  )
  THEN NOT (
    (
      (
        "asked"."purpose" IS NULL
        OR NOT (
          "asked"."purpose" COLLATE "C"
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
            "asked"."data" COLLATE "C"
          ) IN ('deidentified_information', 'public_information')
          AND (
            (
              (
                "asked"."recipient" IS NULL
                OR NOT (
                  "asked"."recipient" COLLATE "C"
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
                OR NOT "asked"."disclosure_believed_necessary"
              )
              AND (
                "asked"."disclosure_required_by_law" IS NULL
                OR NOT "asked"."disclosure_required_by_law"
              )
            )
            OR (
              (
                "asked"."recipient" IS NULL
                OR (
                  "asked"."recipient" COLLATE "C"
                ) IN ('nonfinancial_affiliate', 'catalog_company', 'retailer', 'other_company')
              )
              AND (
                "asked"."disclosure_sold" IS NULL
                OR "asked"."disclosure_sold"
                OR (
                  (
                    "asked"."disclosure_believed_necessary" IS NULL
                    OR NOT "asked"."disclosure_believed_necessary"
                  )
                  AND (
                    "asked"."disclosure_required_by_law" IS NULL
                    OR NOT "asked"."disclosure_required_by_law"
                  )
                )
              )
            )
          )
        )
        OR (
          (
            "asked"."data" COLLATE "C"
          ) IN ('deidentified_information', 'public_information')
          AND (
            "asked"."recipient" IS NULL
            OR NOT (
              (
                "asked"."recipient" COLLATE "C"
              ) = 'same_company'
            )
          )
        )
      )
    )
    OR (
      (
        "asked"."purpose" IS NULL OR (
          "asked"."purpose" COLLATE "C"
        ) = 'own_products'
      )
      AND (
        (
          NOT (
            "asked"."data" COLLATE "C"
          ) IN ('health_information', 'deidentified_information', 'public_information')
          AND (
            (
              (
                "asked"."recipient" IS NULL
                OR NOT (
                  "asked"."recipient" COLLATE "C"
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
                OR NOT "asked"."subject_customer"
                OR "asked"."recipient_service_provider" IS NULL
                OR NOT "asked"."recipient_service_provider"
              )
            )
            OR (
              (
                "asked"."recipient" IS NULL
                OR (
                  "asked"."recipient" COLLATE "C"
                ) IN ('nonfinancial_affiliate', 'catalog_company', 'retailer', 'other_company')
              )
              AND (
                "asked"."disclosure_sold" IS NULL
                OR "asked"."disclosure_sold"
                OR "asked"."subject_customer" IS NULL
                OR NOT "asked"."subject_customer"
                OR "asked"."recipient_service_provider" IS NULL
                OR NOT "asked"."recipient_service_provider"
              )
            )
          )
        )
        OR (
          (
            "asked"."data" COLLATE "C"
          ) IN ('health_information', 'deidentified_information', 'public_information')
          AND (
            "asked"."recipient" IS NULL
            OR NOT (
              (
                "asked"."recipient" COLLATE "C"
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
          "asked"."purpose" COLLATE "C"
        ) = 'affiliate_products'
      )
      AND (
        (
          NOT (
            "asked"."data" COLLATE "C"
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
                  "asked"."recipient" COLLATE "C"
                ) = 'financial_affiliate'
              )
              AND (
                "asked"."subject_customer" IS NULL
                OR NOT "asked"."subject_customer"
                OR "asked"."subject_opt_out_notice_on" IS NULL
                OR "asked"."disclosure_on" IS NULL
                OR (
                  "asked"."disclosure_on" - "asked"."subject_opt_out_notice_on"
                ) <= 29
                OR "asked"."subject_opted_out" IS NULL
                OR "asked"."subject_opted_out"
              )
            )
            OR (
              (
                "asked"."recipient" IS NULL
                OR (
                  "asked"."recipient" COLLATE "C"
                ) = 'nonfinancial_affiliate'
              )
              AND (
                "asked"."disclosure_sold" IS NULL
                OR "asked"."disclosure_sold"
                OR "asked"."subject_customer" IS NULL
                OR NOT "asked"."subject_customer"
                OR "asked"."subject_opt_out_notice_on" IS NULL
                OR "asked"."disclosure_on" IS NULL
                OR (
                  "asked"."disclosure_on" - "asked"."subject_opt_out_notice_on"
                ) <= 29
                OR "asked"."subject_opted_out" IS NULL
                OR "asked"."subject_opted_out"
              )
            )
            OR "asked"."recipient" IS NULL
            OR NOT (
              "asked"."recipient" COLLATE "C"
            ) IN ('same_company', 'financial_affiliate', 'nonfinancial_affiliate')
          )
        )
        OR (
          (
            "asked"."data" COLLATE "C"
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
                "asked"."recipient" COLLATE "C"
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
          "asked"."purpose" COLLATE "C"
        ) = 'joint_products'
      )
      AND (
        (
          NOT (
            "asked"."data" COLLATE "C"
          ) IN (
            'consumer_report',
            'health_information',
            'deidentified_information',
            'public_information'
          )
          AND (
            "asked"."recipient" IS NULL
            OR NOT (
              "asked"."recipient" COLLATE "C"
            ) IN ('same_company', 'financial_company')
            OR (
              (
                "asked"."recipient" IS NULL
                OR (
                  "asked"."recipient" COLLATE "C"
                ) = 'financial_company'
              )
              AND (
                "asked"."subject_customer" IS NULL
                OR NOT "asked"."subject_customer"
                OR "asked"."subject_opt_out_notice_on" IS NULL
                OR "asked"."disclosure_on" IS NULL
                OR (
                  "asked"."disclosure_on" - "asked"."subject_opt_out_notice_on"
                ) <= 29
                OR "asked"."subject_opted_out" IS NULL
                OR "asked"."subject_opted_out"
                OR "asked"."recipient_joint_marketing_agreement" IS NULL
                OR NOT "asked"."recipient_joint_marketing_agreement"
              )
            )
          )
        )
        OR (
          (
            "asked"."data" COLLATE "C"
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
                "asked"."recipient" COLLATE "C"
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
          "asked"."purpose" COLLATE "C"
        ) IN ('third_party_products', 'other_purpose')
      )
      AND (
        "asked"."recipient" IS NULL
        OR NOT (
          (
            "asked"."recipient" COLLATE "C"
          ) = 'same_company'
        )
      )
    )
  )
  ELSE FALSE
END
