// V8 through Node.js and its node:wasi. The arguments: bench/stand/__init__.py.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';

const emit = (event) => fs.writeSync(1, JSON.stringify(event) + '\n');
const wall = () => Number(process.hrtime.bigint()) / 1e9;

// process.cpuUsage and process.threadCpuUsage count in the kernel's ticks (4 ms where there are 250 a second), so that the least of many
// short runs comes out a tick too short. WASI's clocks are the exact ones of the system.
const require = createRequire(import.meta.url);
const clocks = new Map();
const processCpu = () => cpu(2);
const threadCpu = () => cpu(3);

function cpu(id) {
  if (!clocks.has(id)) clocks.set(id, cpuClock(id));
  return clocks.get(id)();
}

function cpuClock(id) {
  const { WASI } = require('node:wasi');
  const wasi = new WASI({ version: 'preview1' });
  const memory = new WebAssembly.Memory({ initial: 1 });
  wasi.initialize({ exports: { memory } });
  const words = new DataView(memory.buffer);
  return () => {
    const error = wasi.wasiImport.clock_time_get(id, 1n, 0);
    if (error) throw new Error(`WASI's clock ${id} gives error ${error}`);
    return Number(words.getBigUint64(0, true)) / 1e9;
  };
}

function report(measure, [wallFrom, cpuFrom], [wallTo, cpuTo], count = 1) {
  emit({ measure, seconds: (wallTo - wallFrom) / count, cpu: (cpuTo - cpuFrom) / count });
}

function timed(measure, cpu, action) {
  const from = [wall(), cpu()];
  const result = action();
  report(measure, from, [wall(), cpu()]);
  return result;
}

/** The module with a custom section "n" that holds the number: V8 shares the code of modules with the same bytes. */
function distinct(module, number) {
  const section = Buffer.from([0, 6, 1, 0x6e, 0, 0, 0, 0]);
  section.writeUInt32LE(number, 4);
  return Buffer.concat([module, section]);
}

async function run(module, folder, out, number) {
  const { WASI } = await import('node:wasi');
  const [stdout, stderr] = ['stdout', 'stderr'].map((name) => fs.openSync(`${out}/${name}.${number}`, 'w'));
  const wasi = new WASI({ version: 'preview1', args: ['program'], preopens: { '.': folder }, stdout, stderr });
  let from;
  let to;
  const now = () => [wall(), threadCpu()];
  const bench = { start: () => (from = now()), end: () => (to = now()) };
  const imports = { ...wasi.getImportObject(), bench };
  const instance = new WebAssembly.Instance(module, imports);
  const began = now();
  const status = wasi.start(instance);
  const ended = now();
  from ??= began;
  to ??= ended;
  fs.closeSync(stdout);
  fs.closeSync(stderr);
  if (status) throw new Error(`the program exited with ${status}`);
  report('execution', from, to);
}

function compiled(binary, number) {
  const bytes = distinct(binary, number);
  return timed('compile', processCpu, () => new WebAssembly.Module(bytes));
}

async function program(wasm, folder, out, runs, limit) {
  const module = compiled(fs.readFileSync(wasm), 0);
  emit({ measure: 'peak-rss', bytes: process.resourceUsage().maxRSS * 1024 });
  const began = wall();
  for (let i = 0; i < runs; i++) {
    const spent = wall() - began;
    if (i === 1 ? spent > 10 * limit : i > 1 && spent > limit) break;
    await run(module, folder, out, i);
    // Lets V8 finish what it optimizes in the background.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function compile(wasm, limit) {
  const binary = fs.readFileSync(wasm);
  const began = wall();
  for (let i = 0; i < 3 || wall() - began < limit; i++) compiled(binary, i);
}

async function instantiate(wasm, limit, host) {
  const { WASI } = await import('node:wasi');
  const module = new WebAssembly.Module(fs.readFileSync(wasm));
  const batch = 100;
  const began = wall();
  for (let number = 0; number < 4 || wall() - began < limit; number++) {
    const from = [wall(), threadCpu()];
    for (let i = 0; i < batch; i++) {
      const bench = { start() {}, end() {} };
      const imports =
        host === 'wasi' ? { ...new WASI({ version: 'preview1', args: ['program'] }).getImportObject(), bench } : {};
      new WebAssembly.Instance(module, imports);
    }
    report('instantiate', from, [wall(), threadCpu()], batch);
    await new Promise((resolve) => setTimeout(resolve, 0)); // lets V8 collect them
  }
}

function calls(wasm, count) {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(wasm)), { env: { noop() {} } });
  const { add, loop } = instance.exports;
  count = Number(count);
  const toGuest = () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum = add(sum, i);
    return sum;
  };
  for (const [measure, action] of [['call-host-to-guest', toGuest], ['call-guest-to-host', () => loop(count)]]) {
    for (let i = 0; i < 6; i++) {
      const from = [wall(), threadCpu()];
      action();
      if (i > 0) report(measure, from, [wall(), threadCpu()], count);
    }
  }
}

async function hello(wasm) {
  const { WASI } = await import('node:wasi');
  const wasi = new WASI({ version: 'preview1' });
  wasi.start(new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(wasm)), wasi.getImportObject()));
}

const [request, ...rest] = process.argv.slice(2);
const requests = { program, compile, instantiate, calls, hello };
if (requests[request]) await requests[request](...rest);
else emit({ error: `${request} is not offered` });
