// Runs the calls in a file, written by NodeExecution, and prints a line for each as Execution does.
const fs = require('fs');
// For return_call_ref in Node 20; later versions have it anyway, and do not know the flag.
if (parseInt(process.versions.node) < 22) {
  require('v8').setFlagsFromString('--experimental-wasm-typed-funcref');
}
const view = new DataView(new ArrayBuffer(8));

function parse(text) {
  const [type, bits] = text.split(':');
  switch (type) {
    case 'i32': return parseInt(bits, 16) | 0;
    case 'i64': return BigInt.asIntN(64, BigInt('0x' + bits));
    case 'f32': view.setUint32(0, parseInt(bits, 16)); return view.getFloat32(0);
    default: view.setBigUint64(0, BigInt('0x' + bits)); return view.getFloat64(0);
  }
}

function print(value, type) {
  switch (type) {
    case 'i32': return 'i32:' + (value >>> 0).toString(16);
    case 'i64': return 'i64:' + BigInt.asUintN(64, value).toString(16);
    case 'f32':
      if (Number.isNaN(value)) return 'f32:nan';
      view.setFloat32(0, value);
      return 'f32:' + view.getUint32(0).toString(16);
    default:
      if (Number.isNaN(value)) return 'f64:nan';
      view.setFloat64(0, value);
      return 'f64:' + view.getBigUint64(0).toString(16);
  }
}

function hash(buffer) {
  let hash = 0x811c9dc5 | 0;
  for (const word of new Int32Array(buffer)) hash = Math.imul(hash ^ word, 0x01000193);
  return (hash >>> 0).toString(16);
}

// As Execution.host does.
function host(caller, address, value) {
  const memory = new DataView(caller.memory.buffer);
  const at = address & 0x3ffc;
  const old = memory.getInt32(at, true);
  memory.setInt32(at, old ^ value, true);
  switch (value & 31) {
    case 13: try { caller.memory.grow(1); } catch { } return old;
    case 7:
      caller.fuel.value >>= 1;
      return caller.f0(old);
    case 21: fail();
    case 11: if (caller.e0) throw new WebAssembly.Exception(caller.e0, [old]);
    default: return old;
  }
}

// As in Execution.
const MOST_FRAMES = 40;

// A trap, as only that goes past handlers of all exceptions: (module (func (export "") unreachable))
const { '': trapping } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(
  [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 4, 1, 0, 0, 0, 10, 5, 1, 3, 0, 0, 11]))).exports;

function fail() {
  try {
    trapping();
  } catch (error) {
    error.isHost = true;
    throw error;
  }
}

// Functions and offsets, innermost first.
function frames(error) {
  if (error instanceof RangeError) return ' at';
  const found = error.stack.matchAll(/wasm-function\[(\d+)\]:(0x[0-9a-f]+)/g);
  const all = Array.from(found, each => ` ${each[1]}:${each[2]}`).slice(error.isHost ? 1 : 0);
  return ' at' + all.slice(0, MOST_FRAMES).join('');
}

function element(value) {
  if (value === null) return 'null';
  if (value === other.f1) return 'other';
  for (let i = 0; ; i++) if (functions['f' + i] === value) return 'f' + i;
}

Error.stackTraceLimit = Infinity;

function trap(error) {
  if (error.isHost) return 'host';
  if (error instanceof RangeError) return 'call stack exhausted';
  const message = error.message;
  if (/^(table|element segment)/.test(message)) return 'table index is out of bounds';
  if (/^(divide by zero|remainder by zero)/.test(message)) return 'divide by zero';
  if (/^divide result unrepresentable/.test(message)) return 'float unrepresentable in integer range';
  if (/signature mismatch$/.test(message)) return 'function signature mismatch';
  if (/unaligned accesses$/.test(message)) return 'memory access out of bounds';
  if (/^rethrowing null value/.test(message)) return 'dereferencing a null pointer';
  return message;
}

// (module (func try_table end)): older versions know only the first version of exceptions.
const knowsTryTable = WebAssembly.validate(new Uint8Array(
  [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 0x1f, 0x40, 0, 11, 11]));

// (module (type $t (func)) (type (func (param (ref null $t))))): older versions have other bytes for such types.
const knowsReferences = WebAssembly.validate(new Uint8Array(
  [0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 2, 0x60, 0, 0, 0x60, 1, 0x63, 0, 0]));

const out = [];
let functions, other, results, globals, tags;
for (const line of fs.readFileSync(process.argv[2], 'utf8').trim().split('\n')) {
  const words = line.split(' ');
  if (words[0] === 'module') {
    const bytes = fs.readFileSync(words[1]);
    functions = null;
    const mayBeUnknown = words[4] && !knowsTryTable || !knowsReferences;
    if (mayBeUnknown && !WebAssembly.validate(bytes)) {
      out.push('module');
      continue;
    }
    const module = new WebAssembly.Module(bytes);
    const x = new WebAssembly.Tag({ parameters: ['i32'] });
    // The host changes the memory of who calls it.
    const of = () => {
      const instance = new WebAssembly.Instance(module, {
        '': { host: (address, value) => host(instance.exports, address, value), x }
      });
      return instance.exports;
    };
    functions = of();
    other = of();
    functions.table.set(3, other.f1);
    other.table.set(3, functions.f0);
    results = words[3].split(';').map(each => each ? each.split(',') : []);
    globals = words[2] ? words[2].split(',') : [];
    tags = words[4] ? words[4].split(';').map(each => each ? each.split(',') : []) : [];
    out.push('module');
    continue;
  }
  if (!functions) {
    out.push('unknown');
    continue;
  }
  functions.fuel.value = Number(process.argv[3]);
  other.fuel.value = functions.fuel.value >> 2;
  let text = words[0];
  try {
    const types = results[Number(words[0].slice(1))];
    let values = functions[words[0]](...words.slice(1).map(parse));
    if (types.length === 1) values = [values];
    types.forEach((type, i) => text += ' ' + print(values[i], type));
  } catch (error) {
    if (error instanceof WebAssembly.Exception) {
      const number = tags.findIndex((_, i) => error.is(functions['e' + i]));
      text += ' throw ' + (number < 0 ? 'other' : 'e' + number);
      const tag = number < 0 ? tags.findIndex((_, i) => error.is(other['e' + i])) : number;
      tags[tag].forEach((type, i) =>
        text += ' ' + print(error.getArg((number < 0 ? other : functions)['e' + tag], i), type));
    } else {
      const isKnown = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
      if (!isKnown) throw error;
      text += ' trap ' + trap(error) + frames(error);
    }
  }
  text += ' | ' + hash(functions.memory.buffer) + ' ' + hash(other.memory.buffer) + ' |';
  globals.forEach((type, i) => text += ' ' + print(functions['g' + i].value, type));
  text += ' |';
  for (let i = 0; i < functions.table.length; i++) text += ' ' + element(functions.table.get(i));
  out.push(text);
}
fs.writeSync(1, out.join('\n') + '\n');
