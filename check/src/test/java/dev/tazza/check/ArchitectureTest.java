package dev.tazza.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import dev.tazza.check.Architecture.Box;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Holds the class files of all modules against {@link Architecture}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
  private static final Pattern POM_MODULE = Pattern.compile("<module>([\\w-]+)</module>");

  private final Map<String, Box> boxes = new LinkedHashMap<>();
  private final Map<String, String> folderOfPackage = new HashMap<>();
  private Codebase codebase;

  @BeforeAll
  void read() throws IOException {
    Architecture.BOXES.forEach(box -> boxes.put(box.folder(), box));
    Set<String> folders = new TreeSet<>(boxes.keySet());
    folders.addAll(Architecture.OUTER_FOLDERS);
    codebase = new Codebase(folders);
    eachClass(
        (folder, model) -> folderOfPackage.put(Codebase.packageOf(Codebase.name(model)), folder));
  }

  @Test
  void everyMavenModuleHasARow() throws IOException {
    Set<String> rows = new TreeSet<>(boxes.keySet());
    rows.addAll(Architecture.OUTER_FOLDERS);
    rows.addAll(Set.of("check", "bom")); // without classes
    Set<String> modules = new TreeSet<>();
    Matcher matcher = POM_MODULE.matcher(Files.readString(Codebase.ROOT.resolve("pom.xml")));
    while (matcher.find()) {
      modules.add(matcher.group(1));
    }
    assertEquals(modules, rows, "modules of pom.xml against the rows of Architecture");
  }

  @Test
  void everyPackageBelongsToItsModule() {
    List<String> problems = new ArrayList<>();
    eachClass((folder, model) -> {
      String name = Codebase.packageOf(Codebase.name(model));
      String other = folderOfPackage.getOrDefault(name, folder);
      if (!other.equals(folder)) {
        problems.add("package " + name + " is in two modules, " + other + " and " + folder);
      }
      Box box = boxes.get(folder);
      if (box != null && !(name + ".").startsWith(box.packages() + ".")) {
        problems.add(Codebase.name(model) + " is outside of " + box.packages());
      }
    });
    report(problems, "every package belongs to one module, below that module's own package");
  }

  @Test
  void moduleInfosHaveTheArrowsOfTheTable() throws IOException {
    List<String> problems = new ArrayList<>();
    Map<String, String> folderOfModule = new HashMap<>();
    for (String folder : codebase.byFolder().keySet()) {
      folderOfModule.put("dev.tazza." + folder, folder);
    }
    folderOfModule.put("dev.tazza", "wasi"); // the one that applications depend on
    for (Box box : boxes.values()) {
      Path info = Codebase.ROOT.resolve(box.folder()).resolve("target/classes/module-info.class");
      try (InputStream in = Files.newInputStream(info)) {
        Set<String> actual = new TreeSet<>();
        for (ModuleDescriptor.Requires requires : ModuleDescriptor.read(in).requires()) {
          String name = requires.name();
          if (folderOfModule.containsKey(name)) {
            actual.add(folderOfModule.get(name));
          } else if (!isAllowedOutside(box, name)) {
            problems.add(box.folder() + " requires " + name + ", which is not of the JDK");
          }
        }
        difference(actual, box.requires())
            .forEach(f -> problems.add(arrow(box, f) + " is in module-info, not in the table"));
        difference(box.requires(), actual)
            .forEach(f -> problems.add(arrow(box, f) + " is in the table, not in module-info"));
      }
    }
    report(problems, "arrows between modules are those of Architecture.BOXES");
  }

  @Test
  void onlyPublicPackagesAreExportedToEverybody() throws IOException {
    Set<String> exported = new TreeSet<>();
    List<String> problems = new ArrayList<>();
    for (Box box : boxes.values()) {
      Path info = Codebase.ROOT.resolve(box.folder()).resolve("target/classes/module-info.class");
      try (InputStream in = Files.newInputStream(info)) {
        ModuleDescriptor module = ModuleDescriptor.read(in);
        for (ModuleDescriptor.Exports exports : module.exports()) {
          if (!exports.isQualified()) {
            exported.add(exports.source());
          } else if (!exports.targets().stream()
              .allMatch(name -> (name + ".").startsWith("dev.tazza."))) {
            problems.add(exports + " leads out of Tazza");
          }
        }
        if (module.opens().stream().anyMatch(opens -> !opens.isQualified())) {
          problems.add(module.name() + " is open to everybody");
        }
      }
    }
    report(problems, "internal packages are for Tazza's own modules");
    assertEquals(
        new TreeSet<>(Architecture.PUBLIC_PACKAGES), exported, "Architecture.PUBLIC_PACKAGES");
  }

  /**
   * What the compiler sees through module-info, seen without it: jars may end up on a class path.
   */
  @Test
  void classesReferOnlyAlongArrows() {
    Set<String> problems = new TreeSet<>();
    eachReference((box, model, reference) -> {
      String target = folderOfPackage.get(Codebase.packageOf(reference));
      if (target == null) {
        if (!isAllowedOutside(box, reference)) {
          problems.add(Codebase.name(model) + " → " + reference + ": not of the JDK");
        }
      } else if (!target.equals(box.folder()) && !reachable(box.folder()).contains(target)) {
        problems.add(Codebase.name(model) + " → " + reference + ": no " + arrow(box, target));
      }
    });
    report(problems, "classes refer to other modules only along the arrows of Architecture.BOXES");
  }

  @Test
  void targetsAreKnownToTheirTablesAlone() {
    Set<String> problems = new TreeSet<>();
    Set<String> tables = new TreeSet<>(Architecture.TARGET_TABLES);
    eachReference((_, model, reference) -> {
      String name = Codebase.name(model);
      for (String target : Architecture.TARGETS) {
        if (isOf(target, Codebase.packageOf(reference))
            && !isOf(target, Codebase.packageOf(name))
            && !tables.contains(name)) {
          problems.add(name + " → " + reference);
        }
      }
    });
    report(
        problems,
        "what is for one target is known to packages of that target and"
            + " Architecture.TARGET_TABLES");
  }

  private static boolean isOf(String target, String packageName) {
    return ("." + packageName + ".").contains("." + target + ".");
  }

  @Test
  void everyArrowIsUsed() {
    Map<String, Set<String>> used = new HashMap<>();
    eachReference((box, _, reference) -> {
      String target = folderOfPackage.get(Codebase.packageOf(reference));
      if (target != null) {
        used.computeIfAbsent(box.folder(), _ -> new HashSet<>()).add(target);
      }
    });
    List<String> problems = new ArrayList<>();
    for (Box box : boxes.values()) {
      Set<String> targets = used.getOrDefault(box.folder(), Set.of());
      difference(box.requires(), targets).forEach(f -> problems.add(arrow(box, f)));
    }
    report(problems, "an arrow that no class uses goes, from module-info and Architecture.BOXES");
  }

  @Test
  void onlySysLinksNativeCode() {
    Set<String> problems = new TreeSet<>();
    eachClass((folder, model) -> {
      if (!Architecture.LINKER_FOLDERS.contains(folder)) {
        for (String reference : Codebase.references(model)) {
          if (Architecture.LINKER_TYPES.contains(reference.replaceAll("\\$.*", ""))) {
            problems.add(Codebase.name(model) + " uses " + reference);
          }
        }
      }
    });
    report(
        problems, "only dev.tazza.sys looks up and calls native functions: add a typed call there");
  }

  @Test
  void noMethodIsTooLongForTheJit() {
    List<String> problems = new ArrayList<>();
    eachClass((_, model) -> {
      for (MethodModel method : model.methods()) {
        int length = method.code().map(c -> ((CodeAttribute) c).codeLength()).orElse(0);
        boolean runsOnce = method.methodName().equalsString("<clinit>");
        if (length > Architecture.MAX_METHOD_BYTES && !runsOnce) {
          problems.add(
              "%s.%s has %d bytes of bytecode"
                  .formatted(Codebase.name(model), method.methodName().stringValue(), length));
        }
      }
    });
    report(
        problems,
        "HotSpot never compiles a method above "
            + Architecture.MAX_METHOD_BYTES
            + " bytes: split it, or make it a table");
  }

  @Test
  void noStaticIsMutable() {
    List<String> problems = new ArrayList<>();
    eachClass((_, model) -> {
      for (FieldModel field : model.fields()) {
        boolean isStatic = field.flags().has(AccessFlag.STATIC);
        if (isStatic && !field.flags().has(AccessFlag.FINAL)) {
          problems.add(Codebase.name(model) + "." + field.fieldName().stringValue());
        }
      }
    });
    report(
        problems, "static fields are final: state belongs to an object somebody owns and closes");
  }

  @Test
  void classesAreNamedAfterWhatTheyAre() {
    List<String> problems = new ArrayList<>();
    eachClass((_, model) -> {
      String name = Codebase.name(model);
      String simple = simpleName(name);
      boolean bad =
          !Architecture.GOOD_NAMES.contains(simple)
              && (Architecture.BAD_SUFFIXES.stream().anyMatch(simple::endsWith)
                  || Architecture.BAD_PREFIXES.stream().anyMatch(simple::startsWith));
      if (bad) {
        problems.add(name);
      }
    });
    report(
        problems,
        "class names neither end in %s nor start with %s: say what the thing is"
            .formatted(Architecture.BAD_SUFFIXES, Architecture.BAD_PREFIXES));
  }

  /**
   * Reading on in another module, nobody should take one thing for another: top-level names are
   * there once, and those of the public packages stand for nothing nested elsewhere either, cases
   * of a sealed type aside, which are written with its name.
   */
  @Test
  void namesAreToldApart() {
    Map<String, String> byName = new HashMap<>();
    Set<String> publicNames = new HashSet<>();
    Set<String> problems = new TreeSet<>();
    eachClass((_, model) -> {
      String name = Codebase.name(model);
      String simple = simpleName(name);
      if (isTopLevel(name)) {
        String other = byName.putIfAbsent(simple, name);
        if (other != null) {
          problems.add(other + " and " + name);
        }
        if (Architecture.PUBLIC_PACKAGES.contains(Codebase.packageOf(name))
            && model.flags().has(AccessFlag.PUBLIC)) {
          publicNames.add(simple);
        }
      }
    });
    eachClass((_, model) -> {
      String name = Codebase.name(model);
      if (name.contains("$") && publicNames.contains(simpleName(name)) && !isCase(model)) {
        problems.add(byName.get(simpleName(name)) + " and " + name);
      }
    });
    report(problems, "a name stands for one thing");
  }

  private static boolean isTopLevel(String name) {
    return !name.contains("$") && !name.endsWith("-info");
  }

  private static String simpleName(String name) {
    return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
  }

  /** Whether a nested type is one of the type that it stands in. */
  private static boolean isCase(ClassModel model) {
    String outer = Codebase.name(model).replaceAll("\\$[^$]*$", "");
    return Stream.concat(model.interfaces().stream(), model.superclass().stream())
        .anyMatch(type -> type.asInternalName().replace('/', '.').equals(outer));
  }

  /** The tests above would also pass over nothing. */
  @Test
  void thereIsSomethingToCheck() {
    for (Box box : boxes.values()) {
      Path classes = Codebase.ROOT.resolve(box.folder()).resolve("target/classes");
      assertFalse(Files.notExists(classes), () -> "not compiled: " + classes);
    }
  }

  private void eachClass(BiConsumer<String, ClassModel> visitor) {
    codebase
        .byFolder()
        .forEach((folder, models) -> models.forEach(model -> visitor.accept(folder, model)));
  }

  /** Visits what the classes of the modules that have a row mention. */
  private void eachReference(ReferenceVisitor visitor) {
    eachClass((folder, model) -> {
      Box box = boxes.get(folder);
      if (box != null) {
        Codebase.references(model).forEach(r -> visitor.visit(box, model, r));
      }
    });
  }

  private interface ReferenceVisitor {
    void visit(Box box, ClassModel model, String reference);
  }

  /**
   * Everything along arrows: what a module requires it may also see through its neighbour's types.
   */
  private Set<String> reachable(String folder) {
    Set<String> reached = new HashSet<>();
    List<String> open = new ArrayList<>(List.of(folder));
    while (!open.isEmpty()) {
      for (String next : boxes.get(open.removeLast()).requires()) {
        if (reached.add(next)) {
          open.add(next);
        }
      }
    }
    return reached;
  }

  private static boolean isAllowedOutside(Box box, String name) {
    return name.startsWith("java.")
        || name.startsWith("jdk.")
        || name.startsWith("org.jspecify")
        || box.libraries().stream()
            .anyMatch(l -> name.startsWith(l) || name.startsWith("info." + l));
  }

  private static Set<String> difference(Set<String> of, Set<String> minus) {
    Set<String> rest = new TreeSet<>(of);
    rest.removeAll(minus);
    return rest;
  }

  private static String arrow(Box from, String to) {
    return from.folder() + " → " + to;
  }

  private static void report(Iterable<String> problems, String rule) {
    StringBuilder text = new StringBuilder();
    problems.forEach(problem -> text.append("\n  ").append(problem));
    if (!text.isEmpty()) {
      fail("Rule: " + rule + "." + text);
    }
  }
}
