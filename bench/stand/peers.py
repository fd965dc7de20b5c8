"""The peers: where they come from, in which version, and how their adapters are started. All versions are pinned here."""

import contextlib
import dataclasses
import fcntl
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
C_COMPILER = os.environ.get("CC", "gcc")


class Unavailable(Exception):
    """A peer cannot be installed or run here; says why."""


@dataclasses.dataclass(frozen=True, eq=False)
class Peer:
    name: str
    version: str
    about: str
    install: typing.Callable  # (peer) -> the adapter's command; may raise Unavailable
    hello: list | None = None  # the command of a user who runs a program, when that is not the adapter; the file follows
    warms_up: bool = False  # what compiles or calls is itself compiled by a JIT compiler while it runs
    slow: bool = False  # gets one round
    lazy: bool = False  # compiles when functions are called or hot, so that its compile time is that of reading a module
    calls: float = 1  # what part of the usual number of calls it makes
    patience: float = 1  # how many times the usual time its adapter may take
    one_thread: bool = False  # its compilation on one thread is measured as well
    pools: bool = False  # it can take instances from a pool
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
        told = [line for line in lines if "error" in line.lower()][:1] or lines[-3:]
        raise Unavailable(f"{pathlib.Path(command[0]).name} failed: {' / '.join(told)[:400]}")
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
    """Is a source, or this file with the versions, newer than the product, or the product missing?"""
    made = product.stat().st_mtime if product.exists() else 0
    return any(source.stat().st_mtime > made for source in [*sources, pathlib.Path(__file__)])


@contextlib.contextmanager
def exclusively():
    """Keeps others that install at the same time out."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with open(TARGET / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
        shutil.rmtree(classes, ignore_errors=True)
        tools = pathlib.Path(java).parent
        run([tools / "javac", "-proc:none", "-nowarn", "-d", classes, "-cp", class_path, *sources])
        run([tools / "jar", "--create", "--file", classes / "new.jar", "-C", classes, "."])
        (classes / "new.jar").rename(jar)
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
        "-Xmn32m",
        "-XX:-UsePerfData",
        "-Djava.lang.foreign.VERIFY_BINDINGS=false",
        "-XX:CompileThresholdScaling=10",
        "-XX:CompileCommand=quiet",
        "-XX:CompileCommand=CompileThresholdScaling,dev.tazza.wasi.*::*,0.1",
        "-XX:CompileCommand=CompileThresholdScaling,dev.tazza.vm.*::*,0.1",
        "-cp",
        f"{jar}{os.pathsep}{jvm_adapter(peer, java, jar, [SOURCES / 'tazza/TazzaAdapter.java'])}",
        "TazzaAdapter",
    ]


def maven_jars(peer, artifacts):
    """Has Maven fetch artifacts ("group:name:version" or "group:name:version:type") with what they depend on, and returns the jars."""

    def step(home):
        entry = "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version><type>{}</type></dependency>"
        dependencies = "".join(entry.format(*(a.split(":") + ["jar"])[:4]) for a in artifacts)
        (home / "pom.xml").write_text(
            '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>peer</groupId>'
            f"<artifactId>peer</artifactId><version>1</version><dependencies>{dependencies}</dependencies></project>"
        )
        run(["mvn", "-q", "-B", "-Dstyle.color=never", "-f", home / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={home / 'jars'}"])

    return sorted((once(peer, step) / "jars").glob("*.jar"))


def path(jars):
    return os.pathsep.join(str(jar) for jar in jars)


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
    jars = path(maven_jars(peer, [f"{group}:{name}:{peer.version}" for name in ("compiler", "wasi", "runtime", "wasm")]))
    return [java, "-cp", path([jars, jvm_adapter(peer, java, jars, [source])]), "ChicoryAdapter"]


def install_graalwasm(peer):
    """With the Graal compiler in the place of the stock JDK's module of that name; without it, GraalWasm only interprets."""
    java = java_command()
    truffle = [f"org.graalvm.{name}:{peer.version}" for name in ("truffle:truffle-runtime", "compiler:compiler", "polyglot:polyglot")]
    jars = maven_jars(peer, truffle + [f"org.graalvm.polyglot:wasm:{peer.version}:pom"])
    compiler = [jar for jar in jars if jar.name.startswith(("compiler-", "truffle-compiler-", "collections-", "word-"))]
    class_path = path(jar for jar in jars if not jar.name.startswith("compiler-"))
    return [
        java,
        "-XX:+UnlockExperimentalVMOptions",
        "-XX:+EnableJVMCI",
        "--upgrade-module-path",
        path(compiler),
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        path([class_path, jvm_adapter(peer, java, class_path, [SOURCES / "graalwasm/GraalWasmAdapter.java"])]),
        "GraalWasmAdapter",
    ]


def install_wasmtime_java(peer):
    java = java_command()
    jars = path(maven_jars(peer, [f"io.github.kawamuray.wasmtime:wasmtime-java:{peer.version}"]))
    jar = jvm_adapter(peer, java, jars, [SOURCES / "wasmtime-java/WasmtimeJavaAdapter.java"])
    return [java, "--enable-native-access=ALL-UNNAMED", "-cp", path([jars, jar]), "WasmtimeJavaAdapter"]


def install_redline(peer):
    """What Maven Central has of Redline is what runs compiled modules, but not what compiles them."""
    maven_jars(peer, [f"io.roastedroot:redline:{peer.version}", f"io.roastedroot:redline-compiler:{peer.version}"])
    raise Unavailable("its compiler can be had now, and bench/peers has no adapter yet")


# --- other languages -------------------------------------------------------------------------------------------------


def install_v8(peer):
    def step(home):
        run(["npm", "install", "--no-audit", "--no-fund", "--prefix", home, f"node@{peer.version}"])

    node = once(peer, step) / "node_modules/.bin/node"
    run([node, "--version"])
    return [node, "--no-warnings", SOURCES / "v8/adapter.mjs"]


def native_adapter(peer, sources, *options):
    """Compiles an adapter in C with what those share."""
    adapter = TARGET / f"{peer.name}-adapter" / "adapter"
    sources = [*sources, SOURCES / "native/adapter.c"]
    if newer([*sources, SOURCES / "native/adapter.h"], adapter):
        adapter.parent.mkdir(parents=True, exist_ok=True)
        new = adapter.with_name("new")
        run([C_COMPILER, "-O2", "-Wall", "-pthread", *sources, "-o", new, *options])
        new.rename(adapter)
    return adapter


def install_wasmtime(peer):
    def step(home):
        run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", home, f"wasmtime=={peer.version}"])

    library = next((once(peer, step) / "wasmtime").glob("*/_libwasmtime.so"), None)
    if library is None:
        raise Unavailable("its package has no library for this system")
    return [native_adapter(peer, [SOURCES / "wasmtime/adapter.c"], library, f"-Wl,-rpath,{library.parent}")]


def install_wazero(peer):
    sources = sorted((SOURCES / "wazero").iterdir())
    adapter = TARGET / "wazero-adapter" / "adapter"
    if newer(sources, adapter):
        adapter.parent.mkdir(parents=True, exist_ok=True)
        print(f"building wazero {peer.version}", file=sys.stderr)
        run(["go", "build", "-o", adapter, "."], cwd=SOURCES / "wazero")
    return [adapter]


def install_wasm2c(peer):
    for tool, package in ("wasm2c", "wabt"), (C_COMPILER, "gcc"):
        if shutil.which(tool) is None:
            raise Unavailable(f"there is no {tool}; Debian's package {package} has it")
    found = run(["wasm2c", "--version"]).strip()
    if found != peer.version:
        raise Unavailable(f"this is wasm2c {found}, not {peer.version}")
    return [sys.executable, "-B", SOURCES / "wasm2c/adapter.py", TARGET / "wasm2c-programs", C_COMPILER]


BYTECODE = {"artifact-load": "compiled modules are class files that are made when the user's program is built"}

PEERS = {
    peer.name: peer
    for peer in [
        Peer(
            "tazza",
            "here",
            "this working tree",
            install_tazza,
            hello=[ROOT / "tazza", "run"],
            warms_up=True,
            one_thread=True,
            pools=True,
        ),
        Peer("wasmtime", "50.0.1", "Wasmtime through its C API", install_wasmtime, one_thread=True, pools=True),
        Peer(
            "v8",
            "26.10.0",
            "V8 14.6 of Node.js",
            install_v8,
            lazy=True,
            not_measured={"artifact-load": "Node.js offers no way to keep compiled WebAssembly"},
        ),
        Peer("wazero", "1.12.0", "wazero, its compiler, driven from Go", install_wazero, one_thread=True),
        Peer(
            "wasm2c",
            "1.0.32",
            "wabt's wasm2c through gcc -O3 -march=native: the limit",
            install_wasm2c,
            patience=4,  # gcc takes minutes for the largest
            not_measured=dict.fromkeys(
                ["compile-warm", "compile-warm-1core", "artifact-load"], "it is a C compiler that makes a program"
            )
            | {"instantiate": "its runtime keeps the address space of memories that are freed, and soon has no more"},
        ),
        Peer(
            "wasmtime-java",
            "0.19.0",
            "Wasmtime 7.0.1 through JNI",
            install_wasmtime_java,
            slow=True,
            calls=0.01,
            not_measured={"artifact-load": "its bindings do not offer it"},
        ),
        Peer(
            "graalwasm",
            "25.0.2",
            "GraalWasm on the stock JDK, with the Graal compiler",
            install_graalwasm,
            warms_up=True,
            lazy=True,
            slow=True,
            not_measured={"artifact-load": "it keeps no compiled code"},
        ),
        # Newer versions of Endive's runtime are on Maven Central, but 1.0.0 is the last that has the compiler.
        Peer(
            "endive",
            "1.0.0",
            "Endive, its compiler to JVM bytecode",
            install_endive,
            warms_up=True,
            slow=True,
            not_measured=BYTECODE,
        ),
        Peer(
            "chicory",
            "1.7.5",
            "Chicory, its compiler to JVM bytecode",
            install_chicory,
            warms_up=True,
            slow=True,
            not_measured=BYTECODE,
        ),
        Peer("redline", "0.0.5", "Chicory Redline", install_redline, warms_up=True, slow=True),
    ]
}
