//! Makes all that a module does visible to embedders that know numbers and plain references only.
//!
//! Of two engines that are compared one may be driven by an API without vectors (JavaScript, the C
//! API). So exports whose types have vectors are replaced: functions by functions that take and
//! give each vector as two i64, globals by functions that give their value. What else cannot
//! cross, references of other types, is no longer exported. Waiting ends at once, since there is
//! nobody to notify, and fused multiplications, which differ even among deterministic engines,
//! become selections.
use wasm_encoder::{
    CodeSection, Encode, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    GlobalType, ImportSection, Instruction, MemoryType, Module, RawSection, RefType, TableType,
    TagKind, TagType, TypeSection, ValType,
};
use wasmparser::{BinaryReader, CompositeInnerType, ExternalKind, Operator, Parser, Payload, TypeRef};

/// i8x16.relaxed_laneselect, which has the operands of a fused multiplication.
const SELECTION: [u8; 2] = [0x89, 0x02];

/// `drop`, `i64.const 0`
const AT_ONCE: [u8; 3] = [0x1a, 0x42, 0x00];

#[derive(Clone, Copy, PartialEq)]
enum Crossing {
    AsItIs,
    AsNumbers,
    Never,
}

fn crossing(kind: wasmparser::ValType) -> Crossing {
    use wasmparser::ValType::*;
    match kind {
        I32 | I64 | F32 | F64 => Crossing::AsItIs,
        V128 => Crossing::AsNumbers,
        Ref(r) if r == wasmparser::RefType::FUNCREF || r == wasmparser::RefType::EXTERNREF => {
            Crossing::AsItIs
        }
        Ref(_) => Crossing::Never,
    }
}

fn crossing_of<'a>(kinds: impl Iterator<Item = &'a wasmparser::ValType>) -> Crossing {
    kinds.fold(Crossing::AsItIs, |all, kind| match (all, crossing(*kind)) {
        (Crossing::Never, _) | (_, Crossing::Never) => Crossing::Never,
        (Crossing::AsItIs, one) => one,
        _ => Crossing::AsNumbers,
    })
}

fn encoded(kind: wasmparser::ValType) -> ValType {
    use wasmparser::ValType::*;
    match kind {
        I32 => ValType::I32,
        I64 => ValType::I64,
        F32 => ValType::F32,
        F64 => ValType::F64,
        V128 => ValType::V128,
        Ref(r) if r == wasmparser::RefType::FUNCREF => ValType::FUNCREF,
        Ref(_) => ValType::EXTERNREF,
    }
}

/// What a module declares, by index.
#[derive(Default)]
struct Declared {
    types: Vec<Option<wasmparser::FuncType>>,
    functions: Vec<u32>,
    globals: Vec<wasmparser::ValType>,
    tables: Vec<wasmparser::RefType>,
    bodies: u32,
}

impl Declared {
    fn of(wasm: &[u8]) -> wasmparser::Result<Declared> {
        let mut all = Declared::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(reader) => {
                    for group in reader {
                        for subtype in group?.into_types() {
                            all.types.push(match subtype.composite_type.inner {
                                CompositeInnerType::Func(func) => Some(func),
                                _ => None,
                            });
                        }
                    }
                }
                Payload::ImportSection(reader) => {
                    for import in reader.into_imports() {
                        match import?.ty {
                            TypeRef::Func(index) => all.functions.push(index),
                            TypeRef::Global(global) => all.globals.push(global.content_type),
                            TypeRef::Table(table) => all.tables.push(table.element_type),
                            _ => {}
                        }
                    }
                }
                Payload::FunctionSection(reader) => {
                    for index in reader {
                        all.functions.push(index?);
                    }
                }
                Payload::GlobalSection(reader) => {
                    for global in reader {
                        all.globals.push(global?.ty.content_type);
                    }
                }
                Payload::TableSection(reader) => {
                    for table in reader {
                        all.tables.push(table?.ty.element_type);
                    }
                }
                Payload::CodeSectionStart { count, .. } => all.bodies = count,
                _ => {}
            }
        }
        Ok(all)
    }
}

/// What is added to a module.
#[derive(Default)]
struct Added {
    types: TypeSection,
    functions: FunctionSection,
    code: CodeSection,
    exports: ExportSection,
}

/// The module with another boundary.
pub fn lower(wasm: &[u8]) -> wasmparser::Result<Vec<u8>> {
    let declared = Declared::of(wasm)?;
    let mut added = Added::default();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ExportSection(reader) = payload? {
            for export in reader {
                added.export(&declared, export?);
            }
        }
    }
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let Some((id, range)) = payload.as_section() else { continue };
        let content = bytes(wasm, range.start, range.end);
        match &payload {
            Payload::TypeSection(_) => append(&mut module, id, content, &added.types),
            Payload::FunctionSection(_) => append(&mut module, id, content, &added.functions),
            Payload::ExportSection(_) => {
                module.section(&added.exports);
            }
            Payload::CodeSectionStart { .. } => {
                module.section(&code(wasm, content, range.start, &added)?);
            }
            _ => {
                module.section(&RawSection { id, data: content });
            }
        }
    }
    Ok(module.finish())
}

/// Whether what the module gives depends on the processor, in engines that leave it to that.
pub fn is_relaxed(wasm: &[u8]) -> wasmparser::Result<bool> {
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CodeSectionEntry(body) = payload? {
            for operator in body.get_operators_reader()? {
                if format!("{:?}", operator?).split(' ').next().is_some_and(|n| n.contains("Relaxed")) {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

fn bytes(wasm: &[u8], start: u64, end: u64) -> &[u8] {
    &wasm[start as usize..end as usize]
}

/// A section with more entries at its end.
fn append(module: &mut Module, id: u8, content: &[u8], more: &impl Encode) {
    let (before, entries) = counted(content);
    let more = content_of(more);
    let (after, more) = counted(&more);
    let mut data = Vec::new();
    (before + after).encode(&mut data);
    data.extend_from_slice(entries);
    data.extend_from_slice(more);
    module.section(&RawSection { id, data: &data });
}

/// The number in front, and what follows.
fn counted(content: &[u8]) -> (u32, &[u8]) {
    let mut reader = BinaryReader::new(content, 0);
    let count = reader.read_var_u32().expect("a count");
    (count, &content[reader.original_position() as usize..])
}

/// A section without its length.
fn content_of(section: &impl Encode) -> Vec<u8> {
    let mut all = Vec::new();
    section.encode(&mut all);
    counted(&all).1.to_vec()
}

fn code(wasm: &[u8], content: &[u8], start: u64, added: &Added) -> wasmparser::Result<CodeSection> {
    let mut section = CodeSection::new();
    let reader = BinaryReader::new(content, start);
    for body in wasmparser::CodeSectionReader::new(reader)? {
        let body = body?;
        let mut patched = Vec::new();
        let mut copied = body.range().start;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let (operator, at) = operators.read_with_offset()?;
            let end = operators.original_position();
            match operator {
                Operator::MemoryAtomicWait32 { .. } | Operator::MemoryAtomicWait64 { .. } => {
                    patched.extend_from_slice(bytes(wasm, copied, at));
                    patched.extend_from_slice(&AT_ONCE);
                    copied = at;
                }
                Operator::F32x4RelaxedMadd
                | Operator::F32x4RelaxedNmadd
                | Operator::F64x2RelaxedMadd
                | Operator::F64x2RelaxedNmadd => {
                    patched.extend_from_slice(bytes(wasm, copied, at));
                    patched.push(0xfd);
                    patched.extend_from_slice(&SELECTION);
                    copied = end;
                }
                _ => {}
            }
        }
        patched.extend_from_slice(bytes(wasm, copied, body.range().end));
        section.raw(&patched);
    }
    let more = content_of(&added.code);
    for body in wasmparser::CodeSectionReader::new(BinaryReader::new(&more, 0))? {
        section.raw(body?.as_bytes());
    }
    Ok(section)
}

impl Added {
    fn export(&mut self, declared: &Declared, export: wasmparser::Export) {
        let index = export.index;
        match export.kind {
            ExternalKind::Func => {
                let Some(kind) = &declared.types[declared.functions[index as usize] as usize] else {
                    return;
                };
                match crossing_of(kind.params().iter().chain(kind.results())) {
                    Crossing::AsItIs => {
                        self.exports.export(export.name, ExportKind::Func, index);
                    }
                    Crossing::AsNumbers if declared.bodies > 0 => {
                        let (params, results) = (kind.params().to_vec(), kind.results().to_vec());
                        self.function(declared, export.name, &params, &results, Instruction::Call(index));
                    }
                    _ => {}
                }
            }
            ExternalKind::Global => {
                let kind = declared.globals[index as usize];
                match crossing(kind) {
                    Crossing::AsItIs => {
                        self.exports.export(export.name, ExportKind::Global, index);
                    }
                    Crossing::AsNumbers if declared.bodies > 0 => {
                        self.function(declared, export.name, &[], &[kind], Instruction::GlobalGet(index));
                    }
                    _ => {}
                }
            }
            ExternalKind::Memory => {
                self.exports.export(export.name, ExportKind::Memory, index);
            }
            ExternalKind::Table => {
                let kind = wasmparser::ValType::Ref(declared.tables[index as usize]);
                if crossing(kind) == Crossing::AsItIs {
                    self.exports.export(export.name, ExportKind::Table, index);
                }
            }
            _ => {}
        }
    }

    /// A function that does one thing, with vectors as two numbers.
    fn function(
        &mut self,
        declared: &Declared,
        name: &str,
        params: &[wasmparser::ValType],
        results: &[wasmparser::ValType],
        instruction: Instruction,
    ) {
        let index = (declared.functions.len() as u32) + self.functions.len();
        self.functions.function(declared.types.len() as u32 + self.types.len());
        self.types.ty().function(lowered(params), lowered(results));
        let first_local = lowered(params).len() as u32;
        let mut body = Function::new_with_locals_types(results.iter().map(|kind| encoded(*kind)));
        let mut local = 0;
        for param in params {
            body.instruction(&Instruction::LocalGet(local));
            local += 1;
            if *param == wasmparser::ValType::V128 {
                body.instruction(&Instruction::I64x2Splat);
                body.instruction(&Instruction::LocalGet(local));
                body.instruction(&Instruction::I64x2ReplaceLane(1));
                local += 1;
            }
        }
        body.instruction(&instruction);
        for i in (0..results.len() as u32).rev() {
            body.instruction(&Instruction::LocalSet(first_local + i));
        }
        for (i, result) in results.iter().enumerate() {
            let local = Instruction::LocalGet(first_local + i as u32);
            body.instruction(&local);
            if *result == wasmparser::ValType::V128 {
                body.instruction(&Instruction::I64x2ExtractLane(0));
                body.instruction(&local);
                body.instruction(&Instruction::I64x2ExtractLane(1));
            }
        }
        body.instruction(&Instruction::End);
        self.code.function(&body);
        self.exports.export(name, ExportKind::Func, index);
    }
}

fn lowered(kinds: &[wasmparser::ValType]) -> Vec<ValType> {
    let mut all = Vec::new();
    for kind in kinds {
        match encoded(*kind) {
            ValType::V128 => all.extend([ValType::I64, ValType::I64]),
            kind => all.push(kind),
        }
    }
    all
}

/// What modules may import: a module that imports `count` things of each kind.
pub fn imports(mut below: impl FnMut(u64) -> u64, count: u64, tags: bool) -> Vec<u8> {
    const KINDS: [ValType; 6] = [
        ValType::I32,
        ValType::I64,
        ValType::F32,
        ValType::F64,
        ValType::FUNCREF,
        ValType::EXTERNREF,
    ];
    let mut types = TypeSection::new();
    let mut imports = ImportSection::new();
    let mut name = 0;
    let mut import = |imports: &mut ImportSection, kind: EntityType| {
        imports.import("host", &name.to_string(), kind);
        name += 1;
    };
    for index in 0..count as u32 {
        let params: Vec<_> = (0..below(5)).map(|_| KINDS[below(6) as usize]).collect();
        let results: Vec<_> = (0..below(3)).map(|_| KINDS[below(6) as usize]).collect();
        types.ty().function(params, results);
        import(&mut imports, EntityType::Function(index));
        import(&mut imports, EntityType::Global(GlobalType {
            val_type: KINDS[below(6) as usize],
            mutable: below(2) == 0,
            shared: false,
        }));
    }
    if tags {
        let params = [KINDS[below(4) as usize], KINDS[below(4) as usize]];
        types.ty().function(params, []);
        // JavaScript does not tell the type of a tag.
        let name = params.map(|kind| format!("{kind:?}").to_lowercase()).join(" ");
        let tag = TagType { kind: TagKind::Exception, func_type_idx: count as u32 };
        imports.import("tag", &name, EntityType::Tag(tag));
    }
    if count > 2 {
        import(&mut imports, EntityType::Table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: below(10),
            maximum: Some(10 + below(100)),
            shared: false,
        }));
        import(&mut imports, EntityType::Memory(MemoryType {
            minimum: below(3),
            maximum: Some(3 + below(10)),
            memory64: false,
            shared: false,
            page_size_log2: None,
        }));
    }
    let mut module = Module::new();
    module.section(&types).section(&imports);
    module.finish()
}
