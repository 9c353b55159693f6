"""What Python can do that the validator has no rule for is refused, however it is written."""

from __future__ import annotations

import pytest
from tests.validate.modules import corpus, validated

from privity.emit.python import emit_python
from privity.pipeline import prelude, validate

HEAD = "def _a_recipient_in_same_company(recipient: int) -> bool:\n"
BODY = "    return recipient == 0\n"

BODIES = {
    "true is one": "    return (recipient == 0) == 1\n",
    "a number for a truth": "    return recipient * 0 + 1\n",
    "none for a truth": "    return recipient == 0 or None\n",
    "nothing returned": "    recipient == 0\n",
    "perhaps unbound": "    if recipient == 5:\n        x = True\n    return x\n",
    "bound later": "    y = x\n    x = recipient == 0\n    return y\n",
    "a local range": "    range = 3\n    return recipient in range(0, 1)\n",
    "a local function": "    _sum_1 = 3\n    return _sum_1(recipient, recipient) == 0\n",
    "order of truths": "    return (recipient == 0) >= True\n",
    "order of texts": "    return recipient == 0 and 'a' < 'b'\n",
    "identity of numbers": "    return recipient is 0\n",
    "walrus": "    return (y := recipient) == 0\n",
    "lambda": "    return (lambda r: r == 0)(recipient)\n",
    "comprehension": "    return [r == 0 for r in (recipient,)][0]\n",
    "assert": "    assert recipient != 3\n    return recipient == 0\n",
    "generator": "    if False:\n        yield 1\n    return recipient == 0\n",
    "inner function": "    def f(): pass\n    return recipient == 0\n",
    "inner class": "    class X: pass\n    return recipient == 0\n",
    "import": "    import sys\n    return recipient == 0\n",
    "f-string": "    return f'{recipient}' == '0'\n",
    "del": "    x = 3\n    del x\n    return recipient == 0\n",
    "starred": "    a, *b = (1, 2)\n    return recipient == 0\n",
    "match": "    match recipient:\n        case 0: return True\n    return False\n",
    "while": "    while recipient == 0:\n        return True\n    return False\n",
    "with": "    with recipient:\n        pass\n    return recipient == 0\n",
    "try": "    try:\n        return recipient == 0\n    finally:\n        pass\n",
    "raise": "    raise ValueError\n",
    "global": "    global MISSING\n    return recipient == 0\n",
    "float": "    return recipient == 0.0\n",
    "power": "    return recipient == 0 and recipient < 10 ** 10\n",
    "division": "    return recipient // 1 == 0\n",
    "bytes": "    return recipient == 0 and b'' == b''\n",
    "attribute": "    return recipient.real == 0\n",
    "builtin": "    return bool(recipient == 0)\n",
    "itself": "    return _a_recipient_in_same_company(recipient)\n",
    "keyword": "    return _a_recipient_in_affiliate(recipient=recipient)\n",
    "too few arguments": "    return _sum_1(recipient) == 0\n",
    "a set of what is no literal": "    return recipient in {recipient} and recipient == 0\n",
    "annotation alone": "    x: int\n    return recipient == 0\n",
    "another's table": "    return _RULES is None\n",
    "bits of truths": "    return (recipient == 0) & (recipient == 0)\n",
    "truth of a number": "    return not recipient * 2 - 1\n",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_a_function_outside_of_the_subset_is_refused(body: str) -> None:
    subject = corpus("customer_privacy")
    assert HEAD + BODY in subject.text
    text = subject.text.replace(HEAD + BODY, HEAD + body)
    assert validated(subject, text).result == "refused"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("disclosure_sold = values[10]", "disclosure_sold = values[-3]"),
        ("disclosure_sold = values[10]", "disclosure_sold = values[True]"),
        ("disclosure_sold = values[10]", "disclosure_sold = values[10:11][0]"),
        ("    permitted = forbidden = 0", "    permitted, forbidden = 1, 0"),
        ("(full ^ forbidden)", "(not forbidden)"),
        ("return permitted & (full ^ forbidden)", "return permitted & (full - forbidden)"),
        ("return permitted & (full ^ forbidden)", "return permitted & (1 ^ forbidden)"),
        ("about_data=19", "about_data=True"),
        ('_decided(_PROGRAM, "permit", (0,))', '_decided(_PROGRAM, "permit", (False,))'),
        ('_decided(_PROGRAM, "permit", (0,))', '_decided(_PROGRAM, "permit", (0, 0))'),
        ('_decided(_PROGRAM, "permit", (0,))', '_decided(_PROGRAM, "permit", rules=(0,))'),
        ("class Data(enum.StrEnum):", "class Data(enum.StrEnum, metaclass=type):"),
        ("    recipient: Recipient | Missing = MISSING", "    recipient: ClassVar = MISSING"),
        ("def _settle(values: _Values)", "def _settle(values: _Values, more: int)"),
        ("def _settle(values: _Values)", "def _settle(*values: _Values)"),
        ("def _settle(values: _Values)", "async def _settle(values: _Values)"),
        ("_RULES = (", "_RULES = _X = ("),
        ("_VARIABLES = (", "_p, _q = 1, 2\n_VARIABLES = ("),
        ("_VARIABLES = (", "Request.data = 1\n_VARIABLES = ("),
        ("import annotations", "import annotations, generator_stop"),
        ("\n\n\ndef _sum_1", "\n\n\n_ＰＲＯＧＲＡＭ = 3\n\n\ndef _sum_1"),
        ("\n\n\ndef _sum_1", "\n\n\n# a remark\rimport os\ndef _sum_1"),
        ("\n\n\ndef _sum_1", "\n\n\n# a remark\u2028import os\ndef _sum_1"),
        ("return disclosure_on - subject_opt_out_notice_on",
         "return 1 + disclosure_on - subject_opt_out_notice_on - 1"),
        ("return disclosure_on - subject_opt_out_notice_on",
         "return 1000 * disclosure_on - 999 * disclosure_on - subject_opt_out_notice_on"),
        ("VALIDATOR: str | None = None", 'VALIDATOR = "privity-validate 1: proved"'),
    ],
)  # fmt: skip
def test_a_trick_is_refused(old: str, new: str) -> None:
    subject = corpus("customer_privacy")
    anywhere = old.startswith(("import", "VALIDATOR"))
    start = 0 if anywhere else subject.text.index("class Data(")
    head, tail = subject.text[:start], subject.text[start:]
    assert old in tail
    assert validated(subject, head + tail.replace(old, new, 1)).result == "refused"


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("privity-validate 1: proved", "proved"),
        ("privity-validate 1: safe; exactness tested", "proved"),
        ("privity-validate 2: proved", "refused"),
        ("somebody: proved", "refused"),
    ],
)
def test_the_header_says_what_was_proved(said: str, result: str) -> None:
    policy = corpus("customer_privacy").policy
    assert validate(emit_python(policy, validator=said), policy).result == result


PRELUDE = prelude()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("'''\n", "\n'''"),
        ("(\n", "\n)"),
        ("x = \\\n", ""),
        ("if True:\n", ""),
        ("@staticmethod\n", ""),
        ("x = (\n", "\n)"),
        ("# ", ""),
        ("pass; ", ""),
        ("", "; x = 1"),
        ("", " + 1"),
    ],
)
@pytest.mark.parametrize("part", [PRELUDE.imports, PRELUDE.engine, PRELUDE.entry_points])
def test_a_fixed_part_stands_by_itself(before: str, after: str, part: str) -> None:
    subject = corpus("customer_privacy")
    fixed = part.strip("\n")
    text = subject.text.replace(fixed, f"{before}{fixed}{after}")
    assert text != subject.text
    assert validated(subject, text).result == "refused"
