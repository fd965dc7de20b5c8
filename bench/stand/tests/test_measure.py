"""What becomes of adapters that answer, fail, hang, are killed or lie."""

import dataclasses
import pathlib
import sys
import tempfile
import time
import unittest

from stand import measure, peers, programs

ANSWER = """
import json, sys
request, wasm, folder, out, runs, seconds = sys.argv[1:]
print(json.dumps({"measure": "compile", "seconds": 0.5, "cpu": 0.4}))
print(json.dumps({"measure": "peak-rss", "bytes": 1000}))
for i, took in enumerate([9.0, 2.0, 3.0, 1.0, 1.0]):
    open(f"{out}/stdout.{i}", "w").write("TEXT")
    open(f"{out}/stderr.{i}", "w").write("")
    print(json.dumps({"measure": "execution", "seconds": took, "cpu": took}))
"""
EFFORT = dataclasses.replace(measure.Effort.QUICK, timeout=20)


class MeasureTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        (pathlib.Path(self.folder.name) / "a b").mkdir()

    def stand(self, *scripts, effort=EFFORT):
        """A stand whose peers p0, p1, … run these scripts."""
        found = [peers.Peer(f"p{i}", "1", "a script", None) for i in range(len(scripts))]
        stand = measure.Stand(found, effort)
        self.addCleanup(stand.close)
        for peer, script in zip(found, scripts):
            stand.commands[peer.name] = [sys.executable, "-B", "-c", script]
        return stand

    def program(self, stdout):
        return programs.Program("x", pathlib.Path(self.folder.name) / "a b" / "x y.wasm", stdout, None)

    def run_one(self, script, stdout=b"TEXT\n", **options):
        stand = self.stand(script, **options)
        stand.program(self.program(stdout), stand.peers[0])
        return stand.rows

    def error(self, script, **options):
        return self.run_one(script, **options)["x", "p0", "execution"].error

    def test_steady_state_is_the_later_half_without_the_first_run(self):
        rows = self.run_one(ANSWER)
        self.assertEqual([1.0, 1.0], rows["x", "p0", "execution"].wall)
        self.assertEqual([9.0], rows["x", "p0", "first-run"].wall)
        self.assertEqual([0.4], rows["x", "p0", "compile-cold"].cpu)
        self.assertEqual([1000], rows["x", "p0", "peak-rss"].wall)

    def test_what_ran_once_has_that_run(self):
        rows = self.run_one(ANSWER.replace("[9.0, 2.0, 3.0, 1.0, 1.0]", "[9.0]"))
        self.assertEqual([9.0], rows["x", "p0", "execution"].wall)

    def test_a_wrong_answer_is_a_failure(self):
        rows = self.run_one(ANSWER, stdout=b"other")
        row = rows["x", "p0", "execution"]
        self.assertIn("wrong stdout: expected 5 bytes b'other', found 4 bytes b'TEXT'", row.error)
        self.assertFalse(row.ok)
        self.assertFalse(rows["x", "p0", "first-run"].ok)

    def test_peers_must_agree_where_nothing_is_expected(self):
        stand = self.stand(ANSWER, ANSWER, ANSWER.replace("TEXT", "LIE"))
        for peer in stand.peers:
            stand.program(self.program(None), peer)
        self.assertTrue(stand.rows["x", "p1", "execution"].ok)
        self.assertIn("stdout is not p0's, and there is no .expected", stand.rows["x", "p2", "execution"].error)

    def test_what_an_adapter_says_went_wrong(self):
        self.assertEqual("not today", self.error("""print('{"error": "not today"}')"""))

    def test_the_last_line_of_a_failure(self):
        self.assertEqual("status 3: second", self.error("import sys; print('first\\nsecond', file=sys.stderr); sys.exit(3)"))

    def test_a_killed_adapter(self):
        killed = "import os; print('{\"measure\": \"exec', flush=True); os.kill(os.getpid(), 9)"
        self.assertEqual("SIGKILL: no message", self.error(killed))

    def test_an_adapter_that_measures_nothing(self):
        self.assertEqual("it did not run", self.error("pass"))

    def test_a_hanging_adapter_ends_with_what_it_started(self):
        start = time.monotonic()
        script = "import subprocess; subprocess.run(['sleep', '600'])"
        self.assertEqual("not finished after 1 s", self.error(script, effort=dataclasses.replace(EFFORT, timeout=1)))
        self.assertLess(time.monotonic() - start, 15)

    def test_endless_output_is_cut_off(self):
        script = "import sys\nf = open(sys.argv[4] + '/stdout.0', 'wb')\nwhile True: f.write(bytes(1 << 20))"
        self.assertIn("File too large", self.error(script, effort=EFFORT))

    def test_json_of_a_failure(self):
        rows = self.run_one("import sys; sys.exit('no')")
        json = rows["x", "p0", "execution"].as_json("x", peers.Peer("p0", "1", "", None), "execution")
        wanted = {"program": "x", "peer": "p0", "version": "1", "measure": "execution", "unit": "s", "n": 0, "min": None,
                  "median": None, "max": None, "ok": False, "error": "status 1: no"}
        self.assertEqual(wanted, json)

    def test_json_of_figures(self):
        json = self.run_one(ANSWER)["x", "p0", "peak-rss"].as_json("x", peers.Peer("p0", "1", "", None), "peak-rss")
        self.assertEqual(("B", 1, 1000, True, None), tuple(json[key] for key in ("unit", "n", "median", "ok", "error")))

    def test_warm_figures_are_the_last_third_or_all_but_the_first(self):
        script = "import json\nfor i in range(9): print(json.dumps({'measure': 'compile', 'seconds': i}))"
        stand = self.stand(script, script)
        cold, warming = stand.peers[0], dataclasses.replace(stand.peers[1], warms_up=True)
        for peer in cold, warming:
            stand.compile(self.program(None), peer, "one")
        self.assertEqual([1, 2, 3, 4, 5, 6, 7, 8], stand.rows["x", "p0", "compile-warm-1core"].wall)
        self.assertEqual([6, 7, 8], stand.rows["x", "p1", "compile-warm-1core"].wall)

    def test_pools_are_measured_where_there_are_some(self):
        script = "import json, sys\nfor i in range(3): print(json.dumps({'measure': 'pool', 'seconds': int(sys.argv[4])}))"
        stand = self.stand(script, script)
        pooling = dataclasses.replace(stand.peers[1], pools=True)
        for peer in stand.peers[0], pooling:
            stand.pool(peer)
        self.assertEqual({"(one thread)": [1, 1], "(two threads)": [2, 2]}, {name: row.wall for (name, _, _), row in stand.rows.items()})

    def test_a_peer_that_cannot_be_installed(self):
        def install(peer):
            raise peers.Unavailable("no network")

        stand = measure.Stand([peers.Peer("p", "1", "", install)], EFFORT)
        self.addCleanup(stand.close)
        stand.install()
        self.assertEqual([], stand.ready())
        self.assertEqual("no network", stand.rows["*", "p", "install"].error)


if __name__ == "__main__":
    unittest.main()
