"""Tables and the plot of figures that are made up."""

import pathlib
import types
import unittest
import xml.etree.ElementTree

from stand import measure, peers, plot, programs, report

REFERENCE, TAZZA, V8 = peers.PEERS["wasmtime"], peers.PEERS["tazza"], peers.PEERS["v8"]


def table(figures, chosen=(TAZZA, REFERENCE, V8), errors=()):
    """A report of {program: {peer: seconds of execution}}."""
    rows = {}
    for program, times in figures.items():
        for peer, seconds in times.items():
            rows[program, peer.name, "execution"] = row = measure.Row()
            row.add(seconds)
    for program, peer, error in errors:
        rows.setdefault((program, peer.name, "execution"), measure.Row()).error = error
    stand = types.SimpleNamespace(rows=rows, outputs={}, effort=measure.Effort.QUICK)
    names = dict.fromkeys([*figures, *(program for program, _, _ in errors)])
    found = [programs.Program(name, pathlib.Path(f"/none/{name}.wasm"), None, None) for name in names]
    options = types.SimpleNamespace(found=found, peers=list(chosen), clock="wall", programs=pathlib.Path("/none"), reference="wasmtime")
    return report.Report(stand, options)


class ReportTest(unittest.TestCase):
    def test_means_are_over_common_programs(self):
        figures = {"a": {TAZZA: 0.5, REFERENCE: 1, V8: 2}, "b": {TAZZA: 2, REFERENCE: 1, V8: 2}, "simd": {REFERENCE: 1, V8: 0.001}}
        lines = table(figures).standing()
        v8 = next(line for line in lines if line.startswith("| v8"))
        self.assertEqual(["v8", "2", "2.000", "1.000", "**0.500**", "0", "1.00 b"], [cell.strip() for cell in v8.split("|")[1:-1]])

    def test_where_tazza_is_slower_worst_first(self):
        figures = {"a": {TAZZA: 1.5, REFERENCE: 1}, "b": {TAZZA: 3, REFERENCE: 1}, "c": {TAZZA: 0.9, REFERENCE: 1}}
        self.assertIn("Slower than wasmtime (tazza's time to wasmtime's): b 3.00, a 1.50.", table(figures).standing())

    def test_wrong_and_very_short_runs_do_not_count(self):
        figures = {"a": {TAZZA: 1, REFERENCE: 2}, "short": {TAZZA: 1e-5, REFERENCE: 5e-5}, "wrong": {TAZZA: 0.001, REFERENCE: 1}}
        found = table(figures, errors=[("wrong", TAZZA, "wrong stdout")])
        self.assertEqual(["a"], found.common("execution", TAZZA))
        self.assertIn("failed", "\n".join(found.per_program("execution")))
        self.assertIn("- tazza: wrong stdout (wrong)", found.summary())

    def test_wide_tables_are_split(self):
        lines = table({"a": dict.fromkeys(peers.PEERS.values(), 1.0)}, chosen=peers.PEERS.values()).per_program("execution")
        heads = [line for line in lines if line.startswith("| execution")]
        self.assertEqual(2, len(heads))
        for head in heads:
            self.assertIn("| wasmtime | tazza |", head)

    def test_lost_is_a_wrong_answer_or_a_failure_where_another_ran(self):
        ran = {"a": {REFERENCE: 1}}
        self.assertTrue(table(ran, errors=[("a", TAZZA, "no SIMD")]).lost("tazza"))
        self.assertTrue(table({"a": {TAZZA: 1}}, errors=[("a", TAZZA, "wrong stdout")]).lost("tazza"))
        self.assertFalse(table({}, errors=[("a", TAZZA, "no _start"), ("a", REFERENCE, "no _start")]).lost("tazza"))
        self.assertFalse(table({"a": {TAZZA: 1}}, errors=[("a", V8, "crash")]).lost("tazza"))

    def test_nothing_measured(self):
        self.assertIn("1 program of", table({"a": {}}).summary())

    def test_the_plot_is_well_formed_and_has_what_was_measured(self):
        drawing = plot.svg(table({"<a&b>": {TAZZA: 1, REFERENCE: 2}, "c": {TAZZA: 30, REFERENCE: 2}}))
        root = xml.etree.ElementTree.fromstring(drawing)
        words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("<a&b>", words)
        self.assertIn("tazza", words)
        self.assertNotIn("v8", words)  # it has no mark
        titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
        self.assertEqual(["tazza 0.50", "tazza 15.00"], titles)

    def test_an_empty_plot(self):
        xml.etree.ElementTree.fromstring(plot.svg(table({})))

    def test_quantities(self):
        self.assertEqual(["1.5 s", "20 ms", "3 µs", "12 ns"], [report.quantity(v, "execution") for v in (1.5, 0.02, 3e-6, 1.2e-8)])
        self.assertEqual("2 MiB", report.quantity(2 << 20, "peak-rss"))


if __name__ == "__main__":
    unittest.main()
