// Runs the modules of a folder on V8, as FileExecution does on Tazza: node observe.cjs FOLDER
//
// Beside each NAME.wasm goes NAME.v8 with what could be observed, in V8's words (see V8Words); "unknown" stands for a module with what this
// version of V8 does not know, or whose relaxed instructions give what the processor gives. A module that ends the process has none, and the
// next process goes on behind it. What is changed here must be changed in observe.py.
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');
const { spawnSync } = require('child_process');

const MOST_FUNCTIONS = 24;
const CALLS = 3;
const FRAMES = 15;

// Types, which JavaScript has no other way to see; code whose backtraces are exact; and memories without guards, since with so many
// reservations the collector would run all the time.
const FLAGS = ['--experimental-wasm-type-reflection', '--liftoff-only', '--disable-wasm-trap-handler', '--stack-size=7000'];

const INTS = [0, 1, -1, 2, 7, 31, 32, 255, 1000, 0xffff, 0x10000, 0x1ffff, -2, -0x10000, 0x7fffffff, -2147483648];
const LONGS = [0n, 1n, -1n, 63n, 64n, 0x7fffffffn, 0x80000000n, 0xffffffffn, 0x100000000n, -2n, 1234567890123n,
  (1n << 63n) - 1n, -(1n << 63n)];
const FLOATS = [0, -0, 1, -1.5, 0.5, Math.fround(1e10), Math.fround(-1e10), 2 ** 31, 2 ** 32, 2 ** 63, -(2 ** 63), 2 ** -149,
  Infinity, -Infinity, NaN];

const view = new DataView(new ArrayBuffer(8));

// An interesting value of a type.
function raw(type, number) {
  switch (type) {
    case 'i32': return INTS[number % INTS.length];
    case 'i64': return LONGS[number % LONGS.length];
    case 'f32': case 'f64': return FLOATS[number % FLOATS.length];
    default: return null;
  }
}

function text(type, value) {
  switch (type) {
    case 'i32': return 'i32:' + (value >>> 0).toString(16);
    case 'i64': return 'i64:' + BigInt.asUintN(64, value).toString(16);
    case 'f32':
      if (Number.isNaN(value)) return 'f32:nan';
      view.setFloat32(0, value);
      return 'f32:' + view.getUint32(0).toString(16);
    case 'f64':
      if (Number.isNaN(value)) return 'f64:nan';
      view.setFloat64(0, value);
      return 'f64:' + view.getBigUint64(0).toString(16);
    default: return value === null ? 'null' : typeof value === 'function' ? 'func' : String(value);
  }
}

// One word for what V8 has several for, or another one from version to version.
function message(error) {
  if (error instanceof RangeError) return 'call stack exhausted';
  const words = error.message.replace(/^WebAssembly\.\w+\(\): /, '');
  if (/remainder by zero/.test(words)) return 'divide by zero';
  if (/divide result unrepresentable/.test(words)) return 'float unrepresentable in integer range';
  if (/signature mismatch/.test(words)) return 'function signature mismatch';
  if (/unaligned accesses/.test(words)) return 'memory access out of bounds';
  if (/rethrowing null value/.test(words)) return 'dereferencing a null pointer';
  if (/table initializer|element segment \d+ is out of bounds|table initialization/.test(words)) return 'table index is out of bounds';
  if (/data segment \d+ is out of bounds/.test(words)) return 'memory access out of bounds';
  return words;
}

function failure(error) {
  if (error instanceof WebAssembly.Exception) return 'throw';
  if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
  const frames = Array.from(error.stack.matchAll(/wasm-function\[(\d+)\]:(0x[0-9a-f]+)/g), each => ` ${each[1]}:${each[2]}`);
  return 'trap ' + message(error) + (error instanceof RangeError ? '' : frames.slice(0, FRAMES).join(''));
}

Error.stackTraceLimit = 4 * FRAMES;

class Execution {
  hostCalls = [];

  constructor(module) {
    this.module = module;
  }

  run(first, lines) {
    let exports;
    try {
      const imports = {};
      for (const wanted of WebAssembly.Module.imports(this.module)) {
        (imports[wanted.module] ??= {})[wanted.name] = this.defaultValue(wanted);
      }
      exports = new WebAssembly.Instance(this.module, imports).exports;
    } catch (error) {
      lines.push('no instance: ' + failure(error));
      return;
    }
    const all = WebAssembly.Module.exports(this.module).map(each => ({ ...each, value: exports[each.name] }));
    this.exports = all.filter(each => each.kind !== 'function');
    const functions = all.filter(each => each.kind === 'function');
    lines.push('instance' + this.state());
    for (let i = first; i < Math.min(functions.length, first + CALLS); i++) {
      lines.push(this.call(functions[i], i, i - first));
    }
  }

  call(exported, index, round) {
    const { parameters, results } = exported.type;
    let line = `call ${index}:`;
    try {
      let values = exported.value(...parameters.map((type, i) => raw(type, index * 7 + round * 3 + i * 5)));
      if (results.length === 1) values = [values];
      results.forEach((type, i) => line += ' ' + text(type, values[i]));
    } catch (error) {
      line += ' ' + failure(error);
    }
    return line + this.state();
  }

  defaultValue(wanted) {
    const { kind, type } = wanted;
    switch (kind) {
      case 'function': return (...values) => this.host(type, values);
      case 'memory': return new WebAssembly.Memory(type);
      case 'table': return new WebAssembly.Table(type, null);
      case 'tag': return new WebAssembly.Tag({ parameters: wanted.name.split(' ') });
      default: return new WebAssembly.Global({ value: type.value, mutable: type.mutable }, raw(type.value, 0));
    }
  }

  host({ parameters, results }, values) {
    this.hostCalls.push('host' + parameters.map((type, i) => ' ' + text(type, values[i])).join(''));
    const given = results.map((type, i) => raw(type, this.hostCalls.length * 5 + i * 3));
    return given.length === 1 ? given[0] : given;
  }

  state() {
    let state = ' |' + zlib.crc32(this.hostCalls.join('\n')).toString(16);
    for (const { kind, type, value } of this.exports) {
      switch (kind) {
        case 'memory':
          state += ` ${value.buffer.byteLength / 65536}:${zlib.crc32(new Uint8Array(value.buffer)).toString(16)}`;
          break;
        case 'global':
          state += ' ' + text(type.value, value.value);
          break;
        case 'table': {
          const length = Number(value.length);
          state += ` ${length}:`;
          for (let i = 0; i < length; i++) {
            const element = value.get(typeof value.length === 'bigint' ? BigInt(i) : i);
            state += element === null ? '.' : typeof element === 'function' ? 'f' : String(element);
          }
        }
      }
    }
    return state;
  }
}

function observe(file) {
  const bytes = fs.readFileSync(file);
  if (file.endsWith('.relaxed.wasm') || !WebAssembly.validate(bytes)) return ['unknown'];
  const module = new WebAssembly.Module(bytes);
  const functions = WebAssembly.Module.exports(module).filter(each => each.kind === 'function').length;
  const lines = [];
  for (let first = 0; first < Math.max(1, Math.min(functions, MOST_FUNCTIONS)); first += CALLS) {
    new Execution(module).run(first, lines);
  }
  return lines;
}

const result = file => file.replace(/\.wasm$/, '.v8');

function main(folder, firstFile) {
  const files = fs.readdirSync(folder).filter(name => name.endsWith('.wasm')).sort().map(name => path.join(folder, name));
  if (firstFile !== undefined) {
    for (const file of files.slice(Number(firstFile))) {
      fs.writeFileSync(result(file), observe(file).join('\n') + '\n');
    }
    return;
  }
  for (let done = 0; done < files.length; done++) {
    const child = spawnSync(process.execPath, [...FLAGS, __filename, folder, done], { stdio: ['ignore', 'inherit', 'pipe'] });
    while (done < files.length && fs.existsSync(result(files[done]))) done++;
    if (done < files.length) {
      console.log(path.basename(files[done]), 'ended the process:', String(child.stderr).match(/^\w*(Error|Fatal).*$/m)?.[0] ?? child.signal);
    }
  }
}

main(process.argv[2], process.argv[3]);
