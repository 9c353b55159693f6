"""The fixed text of every TypeScript module."""

from __future__ import annotations

import re
from functools import cache

from privity.emit.prelude_text import copied

PARTS = (
    "errors", "days", "program", "cells", "masks", "sentences", "decide", "reading", "json",
)  # fmt: skip
"""In the order of the generated module."""

RESERVED = frozenset(
    [
        "abstract",
        "any",
        "arguments",
        "as",
        "async",
        "await",
        "bigint",
        "boolean",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "declare",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "from",
        "function",
        "get",
        "if",
        "implements",
        "import",
        "in",
        "infer",
        "instanceof",
        "interface",
        "is",
        "keyof",
        "let",
        "module",
        "namespace",
        "never",
        "new",
        "null",
        "number",
        "object",
        "of",
        "package",
        "private",
        "protected",
        "public",
        "readonly",
        "require",
        "return",
        "satisfies",
        "set",
        "static",
        "string",
        "super",
        "switch",
        "symbol",
        "this",
        "throw",
        "true",
        "try",
        "type",
        "typeof",
        "undefined",
        "unique",
        "unknown",
        "var",
        "void",
        "while",
        "with",
        "yield",
        "globalThis",
        "NaN",
        "Infinity",
        "Date",
        "Promise",
        "Request",
        "Response",
        "Facts",
        "Attestation",
        "POLICY",
        "SHA256",
        "GENERATOR",
        "CLAIMS_PROVED",
        "VARIABLES",
        "ATOMS",
        "RULES",
        "PROGRAM",
    ]
)


@cache
def prelude() -> str:
    """Days, cells, masks, decisions, reading."""
    return "\n".join(copied("prelude_ts", f"{part}.ts").strip("\n") + "\n" for part in PARTS)


@cache
def words_used() -> frozenset[str]:
    """What a name of the module must not be: whatever looks like a name in its fixed text."""
    return RESERVED | frozenset(re.findall(r"[A-Za-z_]\w*", prelude() + ENTRY_POINTS))


ENTRY_POINTS = """\
/** Who answers for a judgement, and when: `at` is a time as the caller writes times. */
export interface Attestation {
  readonly value: boolean;
  readonly by?: string | undefined;
  readonly at?: string | undefined;
}

/**
 * What the policy says of a request. Throws RequestError for whatever is no request.
 *
 * A decision is an object and so always true: compare its `outcome`, or ask `permits`.
 */
export function check(request: Request): Decision {
  return decide(PROGRAM, ...readRequest(PROGRAM, request));
}

/** Whether the policy permits a request, whatever its missing facts are. Throws RequestError. */
export function permits(request: Request): boolean {
  return check(request).outcome === "permit";
}

/** The same as `check` of JSON text, read more strictly than by JSON.parse: no key twice. */
export function checkJson(json: string): Decision {
  return decide(PROGRAM, ...readRequest(PROGRAM, readJson(json)));
}

export { RequestError };
export type { Decision, Duty, Outcome };"""
