"""Formulas without script: LaTeX becomes MathML, which browsers and printers draw themselves."""

import re

_ENVIRONMENT = re.compile(r"\\(begin|end)\{(equation|displaymath|math)\*?\}")
_ALIGNED = re.compile(r"\\(begin|end)\{(aligned|align|align\*)\}")  # the library knows their unnumbered cousin only

_FUNCTION = re.compile(
    r"<mi>(ln|log|exp|max|min|det)</mi>(?!<m(o|row><mo)[^>]*>(\(|&#x00028;))"
)  # a thin space follows


def mathml(latex: str, block: bool = False) -> str:
    r"""A LaTeX formula as a `<math>` element; `block` puts it on a line of its own.

    Raises ValueError where the formula uses a command that is not understood, rather than print it half translated.

    >>> mathml(r"\sqrt{x}")
    '<math display="inline"><mrow><msqrt><mrow><mi>x</mi></mrow></msqrt></mrow></math>'
    """
    from latex2mathml.converter import convert

    source = _ALIGNED.sub(r"\\\1{split}", _ENVIRONMENT.sub("", latex)).strip()
    try:
        result = convert(source, xmlns="", display="block" if block else "inline")
    except Exception as error:  # the library raises a class of its own for each kind of mistake
        raise ValueError(f"a formula must be LaTeX that converts to MathML, got {latex!r}: {error!r}") from error
    if left := re.search(r"<m\w+[^>]*>([^<]*\\[^<]*|&)</", result):
        raise ValueError(f"a formula must use commands that convert to MathML, got {left[1]!r} in {latex!r}")
    return _FUNCTION.sub(r"\g<0><mspace width='0.167em'></mspace>", result.replace(' xmlns=""', ""))
