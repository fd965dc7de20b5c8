//! Writes random modules by wasm-smith: `smith [--everything] FIRST_SEED COUNT FOLDER`
//!
//! They come to an end by themselves: loops and calls use up fuel, and then trap. NaNs are
//! canonical. What they do is visible to any embedder, see `boundary`. With `--everything` they use
//! features that Tazza does not compile, for the sake of its messages. `SEED.relaxed.wasm` has
//! instructions whose results engines may choose.
mod boundary;

use arbitrary::Unstructured;
use std::{env, fs, path::Path, process};
use wasm_smith::{Config, InstructionKind, InstructionKinds, MemoryOffsetChoices, Module};

const FUEL: u32 = 1000;

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e3779b97f4a7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d049bb133111eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

/// What the engine compiles; sizes, features and the mix of instructions vary from module to module.
fn config(random: &mut Random) -> Config {
    let mut config = Config::default();
    config.gc_enabled = false;
    config.compact_imports_enabled = false;
    for feature in [
        &mut config.simd_enabled,
        &mut config.exceptions_enabled,
        &mut config.tail_call_enabled,
        &mut config.memory64_enabled,
        &mut config.extended_const_enabled,
    ] {
        *feature = !random.one_in(3);
    }
    config.relaxed_simd_enabled = config.simd_enabled && random.one_in(3);
    config.threads_enabled = random.one_in(3);
    config.wide_arithmetic_enabled = random.one_in(3);
    config.custom_page_sizes_enabled = random.one_in(6);
    config.max_memories = 1 + random.below(3) as usize;
    config.max_tables = 1 + random.below(3) as usize;
    limits(&mut config, random);
    if random.one_in(4) {
        config.max_imports = 0;
    } else {
        let count = random.below(5);
        let tags = config.exceptions_enabled;
        config.available_imports = Some(boundary::imports(|bound| random.below(bound), count, tags));
    }
    config.disallow_traps = !random.one_in(3);
    if random.one_in(4) {
        config.memory_offset_choices = MemoryOffsetChoices(50, 30, 20);
    }
    use InstructionKind::*;
    config.allowed_instructions = match random.below(10) {
        0 => InstructionKinds::new(&[NumericInt, MemoryInt, Control, Variable, Parametric]),
        1 => InstructionKinds::new(&[Numeric, Control, Variable, Parametric]),
        2 => InstructionKinds::new(&[Table, Reference, Control, Variable, Parametric]),
        3 => InstructionKinds::new(&[Memory, NumericInt, Control]),
        4 => InstructionKinds::new(&[Vector, Memory, Control]),
        5 => InstructionKinds::new(&[VectorInt, MemoryInt, Variable]),
        _ => InstructionKinds::all(),
    };
    config
}

/// What holds for all modules: nothing is too large to run quickly, and all can be seen.
fn limits(config: &mut Config, random: &mut Random) {
    config.canonicalize_nans = true;
    config.export_everything = true;
    config.memory_max_size_required = true;
    config.table_max_size_required = true;
    config.max_memory32_bytes = (1 + random.below(40)) << 16;
    config.max_memory64_bytes = config.max_memory32_bytes as u128;
    config.max_table_elements = 200;
    config.max_imports = random.below(12) as usize;
    config.max_funcs = 2 + random.below(30) as usize;
    config.min_funcs = 1;
    config.max_instructions = [30, 100, 300, 1500][random.below(4) as usize];
    config.max_globals = 1 + random.below(20) as usize;
    config.max_types = 2 + random.below(30) as usize;
    config.min_types = 1;
    if random.one_in(2) {
        config.min_memories = 1;
    }
}

fn everything(random: &mut Random) -> Config {
    let mut config = Config::default();
    for feature in [
        &mut config.custom_page_sizes_enabled,
        &mut config.gc_enabled,
        &mut config.exceptions_enabled,
        &mut config.memory64_enabled,
        &mut config.compact_imports_enabled,
        &mut config.threads_enabled,
        &mut config.tail_call_enabled,
        &mut config.extended_const_enabled,
    ] {
        *feature = random.one_in(3);
    }
    config.max_memories = 1 + random.below(3) as usize;
    config.max_tables = 3;
    limits(&mut config, random);
    config
}

fn main() {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let all = arguments.first().is_some_and(|a| a == "--everything");
    if all {
        arguments.remove(0);
    }
    let [first, count, folder] = &arguments[..] else {
        eprintln!("smith [--everything] FIRST_SEED COUNT FOLDER");
        process::exit(2);
    };
    let first: u64 = first.parse().expect("a number");
    let count: u64 = count.parse().expect("a number");
    fs::create_dir_all(folder).expect("a folder");
    for seed in first..first + count {
        let mut random = Random(seed);
        let config = if all { everything(&mut random) } else { config(&mut random) };
        let size = 200usize << random.below(11);
        let bytes: Vec<u8> = (0..size).map(|_| random.next() as u8).collect();
        let Ok(mut module) = Module::new(config, &mut Unstructured::new(&bytes)) else {
            continue;
        };
        module.ensure_termination(FUEL).expect("valid functions");
        let mut bytes = module.to_bytes();
        let mut kind = "";
        if !all {
            bytes = boundary::lower(&bytes).expect("a module as it was made");
            if boundary::is_relaxed(&bytes).expect("a module") {
                kind = ".relaxed";
            }
        }
        let file = Path::new(folder).join(format!("{seed}{kind}.wasm"));
        fs::write(file, bytes).expect("a file that can be written");
    }
}
