"""SQL from a policy and a mapping of its facts to columns. Needs sqlglot, the extra `sql`."""
