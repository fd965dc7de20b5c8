"""Which programs are found, and the command line that asks for them."""

import contextlib
import io
import pathlib
import tempfile
import unittest

from stand import main, modules, programs


class ProgramsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, data=b""):
        file = self.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)

    def names(self, *arguments):
        return [program.name for program in programs.find(self.root, *arguments)]

    def test_names(self):
        for path in "a/benchmark.wasm", "b/b.wasm", "c/one two.wasm", "c/three.wasm", "d e/default.wasm", "f/three.wasm", "g/note.txt":
            self.write(path)
        self.assertEqual(["a", "b", "one two", "three", "d e", "f/three"], self.names())
        self.assertEqual(["one two"], self.names("two"))

    def test_expectations(self):
        self.write("a/x.wasm")
        self.write("a/x.stdout.expected", b"own")
        self.write("a/default.stdout.expected", b"default")
        self.write("a/default.stderr.expected", b"")
        self.write("b/benchmark.wasm")
        own, none = programs.find(self.root)
        self.assertEqual((b"own", b""), (own.stdout, own.stderr))
        self.assertEqual((None, None), (none.stdout, none.stderr))
        self.assertIsNone(own.wrong(b"own\n", b""))
        self.assertIn("wrong stderr: expected 0 bytes b'', found 4 bytes b'oops'", own.wrong(b"own", b"oops"))
        self.assertIsNone(none.wrong(b"anything", b"at all"))

    def test_sizes_leave_out_custom_sections(self):
        custom = b"\x00" + bytes([3]) + b"\x01n" + b"?"
        self.write("a/a.wasm", modules.calls() + custom)
        self.write("b/b.wasm", b"\0asm\1\0\0\0\x01")
        self.write("c/c.wasm", b"no module")
        whole, cut, other = programs.find(self.root)
        self.assertEqual(len(modules.calls()), whole.size)
        self.assertEqual(0, cut.size)
        self.assertEqual(0, other.size)

    def complaint(self, *arguments):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as end:
            main.arguments(arguments)
        self.assertEqual(2, end.exception.code)
        return said.getvalue()

    def test_complaints(self):
        folder = str(self.root)
        self.assertIn("no programs in", self.complaint("--programs", folder))
        self.write("a/a.wasm")
        self.assertIn("no programs whose name contains 'zz'", self.complaint("--programs", folder, "--filter", "zz"))
        self.assertIn("no folder", self.complaint("--programs", folder + "/none"))
        self.assertIn("no such peer: v9; there are tazza, ", self.complaint("--programs", folder, "--peers", "tazza,v9"))
        self.assertIn("no such peer: x", self.complaint("--programs", folder, "--reference", "x"))
        self.assertIn("no such folder", self.complaint("--programs", folder, "--json", folder + "/none/x.json"))
        self.assertIn("not a number above 0", self.complaint("--programs", folder, "--rounds", "0"))

    def test_choices(self):
        self.write("a/a.wasm")
        options = main.arguments(["--programs", str(self.root), "--quick", "--peers", "v8,tazza,v8"])
        self.assertEqual(["v8", "tazza"], [peer.name for peer in options.peers])
        self.assertTrue(options.only_common)
        everything = main.arguments(["--programs", str(self.root)])
        self.assertEqual(10, len(everything.peers))
        self.assertFalse(everything.only_common)


if __name__ == "__main__":
    unittest.main()
