import pytest

from riskbench.report.math import mathml


def test_a_formula_becomes_mathml_without_any_address():
    html = mathml(r"\mathrm{WoE}_i = \ln\frac{g_i}{b_i}", block=True)
    assert html.startswith('<math display="block">')
    assert "<mfrac>" in html
    assert "http" not in html


@pytest.mark.parametrize("environment", ["aligned", "align*", "split"])
def test_aligned_equations_become_a_table(environment):
    html = mathml(rf"\begin{{{environment}}}a&=b\\c&=d\end{{{environment}}}")
    assert html.count("<mtr>") == 2


def test_an_equation_environment_is_only_a_wrapper():
    assert mathml(r"\begin{equation*}x\end{equation*}") == mathml("x")


@pytest.mark.parametrize("latex", [r"\nonsense{x}", r"a & b", "x^"])
def test_a_formula_that_does_not_convert_is_refused(latex):
    with pytest.raises(ValueError, match="a formula must"):
        mathml(latex)
