"""The peers: where they come from, in which version, and how their adapters are started. All versions are pinned here."""

import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "bench" / "peers"
TARGET = ROOT / "bench" / "target" / "peers"  # git ignores it
DEFAULT = ["tazza", "wasmtime", "v8"]


class Unavailable(Exception):
    """A peer cannot be installed or run here; says why."""


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    version: str
    about: str
    install: typing.Callable  # (peer) -> the adapter's command; may raise Unavailable
    hello: list | None = None  # the command of a user who runs a program, when that is not the adapter; the file follows
    not_measured: dict = dataclasses.field(default_factory=dict)  # measure -> reason

    @property
    def home(self):
        return TARGET / f"{self.name}-{self.version}"


def run(command, **options):
    """Runs a step of an installation; its output is shown only when it fails."""
    try:
        done = subprocess.run(
            [str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1200, **options
        )
    except (OSError, subprocess.TimeoutExpired) as e:
        raise Unavailable(f"{command[0]}: {e}") from e
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        raise Unavailable(f"{pathlib.Path(command[0]).name} failed: {' / '.join(lines[-3:])[:400]}")
    return done.stdout


def once(peer, step):
    """Runs `step(folder)` unless it has succeeded before; an interrupted installation starts afresh."""
    if not (peer.home / "installed").exists():
        shutil.rmtree(peer.home, ignore_errors=True)
        peer.home.mkdir(parents=True)
        print(f"installing {peer.name} {peer.version}", file=sys.stderr)
        step(peer.home)
        (peer.home / "installed").touch()
    return peer.home


def newer(sources, product):
    """Is a source newer than the product, or the product missing?"""
    return not product.exists() or any(s.stat().st_mtime > product.stat().st_mtime for s in sources)


# --- Tazza and other peers on the JVM --------------------------------------------------------------------------------


def java_command():
    """The java that ./tazza has chosen. Builds Tazza when a source is newer than its jar."""
    run([ROOT / "tazza", "--version"])
    return (ROOT / "cli/target/launcher/java").read_text().splitlines()[0]


def jvm_adapter(peer, java, class_path, sources):
    """Compiles the adapter with what all adapters on the JVM share; returns its jar."""
    jar = TARGET / f"{peer.name}-adapter.jar"
    sources = [*sources, SOURCES / "jvm/Adapter.java"]
    if newer(sources, jar):
        classes = TARGET / f"{peer.name}-adapter"
        tools = pathlib.Path(java).parent
        run([tools / "javac", "-proc:none", "-nowarn", "-d", classes, "-cp", class_path, *sources])
        run([tools / "jar", "--create", "--file", jar, "-C", classes, "."])
    return jar


def install_tazza(peer):
    java = java_command()
    home = ROOT / "cli/target/launcher"
    jar = home / "tazza.jar"
    return [
        java,
        f"-XX:AOTCache={home / 'run.aot'}",
        "-Xlog:disable",
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "-cp",
        f"{jar}{os.pathsep}{jvm_adapter(peer, java, jar, [SOURCES / 'tazza/TazzaAdapter.java'])}",
        "TazzaAdapter",
    ]


def maven_jars(peer, artifacts):
    """Has Maven fetch artifacts ("group:name:version") with what they depend on; returns the class path."""

    def step(home):
        entry = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version></dependency>"
        dependencies = "".join(entry.format(*a.split(":")) for a in artifacts)
        (home / "pom.xml").write_text(
            '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>peer</groupId>'
            f"<artifactId>peer</artifactId><version>1</version><dependencies>{dependencies}</dependencies></project>"
        )
        run(["mvn", "-q", "-B", "-f", home / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={home / 'jars'}"])

    return os.pathsep.join(str(jar) for jar in sorted((once(peer, step) / "jars").glob("*.jar")))


def install_chicory(peer):
    return bytecode_adapter(peer, "com.dylibso.chicory", SOURCES / "chicory/ChicoryAdapter.java")


def install_endive(peer):
    """Endive has Chicory's API under another package name, and so its adapter."""
    source = TARGET / "endive-source" / "ChicoryAdapter.java"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text((SOURCES / "chicory/ChicoryAdapter.java").read_text().replace("com.dylibso.chicory", "run.endive"))
    return bytecode_adapter(peer, "run.endive", source)


def bytecode_adapter(peer, group, source):
    java = java_command()
    jars = maven_jars(peer, [f"{group}:{name}:{peer.version}" for name in ("compiler", "wasi", "runtime", "wasm")])
    jar = jvm_adapter(peer, java, jars, [source])
    return [java, "-cp", f"{jars}{os.pathsep}{jar}", "ChicoryAdapter"]


# --- other languages -------------------------------------------------------------------------------------------------


def install_v8(peer):
    def step(home):
        run(["npm", "install", "--no-audit", "--no-fund", "--prefix", home, f"node@{peer.version}"])

    node = once(peer, step) / "node_modules/.bin/node"
    run([node, "--version"])
    return [node, "--no-warnings", SOURCES / "v8/adapter.mjs"]


def install_wasmtime(peer):
    def step(home):
        run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", home, f"wasmtime=={peer.version}"])

    return [sys.executable, "-B", SOURCES / "wasmtime/adapter.py", once(peer, step)]


def install_wazero(peer):
    sources = sorted((SOURCES / "wazero").iterdir())
    adapter = TARGET / "wazero-adapter" / "adapter"
    if newer(sources, adapter):
        adapter.parent.mkdir(parents=True, exist_ok=True)
        print(f"building wazero {peer.version}", file=sys.stderr)
        run(["go", "build", "-o", adapter, "."], cwd=SOURCES / "wazero")
    return [adapter]


def missing(reason):
    def install(peer):
        raise Unavailable(reason)

    return install


BYTECODE = {"artifact-load": "compiled modules are class files that are made when the user's program is built"}
NO_ADAPTER = missing("its adapter is not written yet")

PEERS = {
    peer.name: peer
    for peer in [
        Peer("tazza", "here", "this working tree", install_tazza, hello=[ROOT / "tazza", "run"]),
        Peer(
            "wasmtime",
            "50.0.1",
            "Wasmtime, driven from Python",
            install_wasmtime,
            not_measured=dict.fromkeys(
                ["call-host-to-guest", "call-guest-to-host"], "would measure the Python binding, not Wasmtime"
            ),
        ),
        Peer(
            "v8",
            "26.10.0",
            "V8 14.6 of Node.js",
            install_v8,
            not_measured={"artifact-load": "Node.js offers no way to keep compiled WebAssembly"},
        ),
        Peer("wazero", "1.12.0", "wazero, its compiler, driven from Go", install_wazero),
        # Newer versions of Endive's runtime are on Maven Central, but 1.0.0 is the last that has the compiler.
        Peer("endive", "1.0.0", "Endive, its compiler to JVM bytecode", install_endive, not_measured=BYTECODE),
        Peer("chicory", "1.7.5", "Chicory, its compiler to JVM bytecode", install_chicory, not_measured=BYTECODE),
        Peer("redline", "1.1.0", "Chicory Redline", NO_ADAPTER),
        Peer("graalwasm", "25.0.2", "GraalWasm on the stock JDK", NO_ADAPTER),
        Peer("wasmtime-java", "0.19.0", "Wasmtime 7.0.1 through JNI", NO_ADAPTER),
        Peer("wasm2c", "1.0.32", "wabt's wasm2c through gcc -O3 -march=native: the limit", NO_ADAPTER),
    ]
}
