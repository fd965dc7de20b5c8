package dev.tazza.testkit;

import java.io.IOException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The public classes of a package and their public members, by reflection. */
final class PublicApi {
  private PublicApi() {}

  /** All public classes of the package that a class is in, but annotations. */
  static List<Class<?>> classes(Class<?> member) throws Exception {
    URI place = member.getProtectionDomain().getCodeSource().getLocation().toURI();
    String folder = member.getPackageName().replace('.', '/');
    if (!place.getPath().endsWith(".jar")) {
      return classes(member, Path.of(place).resolve(folder));
    }
    try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + place), Map.of())) {
      return classes(member, jar.getPath(folder));
    }
  }

  private static List<Class<?>> classes(Class<?> member, Path folder)
      throws IOException, ClassNotFoundException {
    List<Class<?>> classes = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(".class") || name.equals("package-info.class")) {
          continue;
        }
        Class<?> type = Class.forName(member.getPackageName() + "." + name.replace(".class", ""));
        if (isPublic(type) && !type.isAnnotation()) {
          classes.add(type);
        }
      }
    }
    return classes;
  }

  private static boolean isPublic(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return Modifier.isPublic(type.getModifiers()) && (outer == null || isPublic(outer));
  }

  /** Public methods and constructors, but those that every object, record or enum has. */
  static List<Executable> members(Class<?> type) {
    List<Executable> members = new ArrayList<>();
    for (Method method : type.getDeclaredMethods()) {
      boolean own = !method.isSynthetic() && !isGiven(type, method);
      if (own && Modifier.isPublic(method.getModifiers())) {
        members.add(method);
      }
    }
    if (!type.isRecord() && !Modifier.isAbstract(type.getModifiers())) {
      members.addAll(Arrays.asList(type.getConstructors()));
    }
    return members;
  }

  private static boolean isGiven(Class<?> type, Method method) {
    return switch (method.getName()) {
      case "equals", "hashCode" -> true;
      case "values", "valueOf" -> type.isEnum();
      default -> false;
    };
  }

  static boolean needsReceiver(Executable member) {
    return member instanceof Method && !Modifier.isStatic(member.getModifiers());
  }

  /** What the call throws; null when it returns. What it makes is closed, but what is kept. */
  static @Nullable Throwable call(
      Executable member,
      @Nullable Object receiver,
      @Nullable Object[] arguments,
      Predicate<Object> isKept) {
    try {
      Object result =
          member instanceof Method method
              ? method.invoke(receiver, arguments)
              : ((Constructor<?>) member).newInstance(arguments);
      if (result instanceof AutoCloseable made && result != receiver && !isKept.test(result)) {
        made.close();
      }
      return null;
    } catch (InvocationTargetException e) {
      return e.getCause();
    } catch (Exception e) {
      return e;
    }
  }

  /**
   * Calls each member with null for one parameter after the other where that is not allowed.
   *
   * @param isFree a parameter of a type variable or the like, that may be null although it does not
   *     say so
   * @return how many calls were made; those that did not throw a {@link NullPointerException} are
   *     in {@code problems}
   */
  static int tryNull(
      Executable member,
      @Nullable Object receiver,
      Object[] arguments,
      Predicate<AnnotatedType> isFree,
      Predicate<Object> isKept,
      List<String> problems) {
    int tried = 0;
    for (int i = 0; i < arguments.length; i++) {
      AnnotatedType parameter = member.getAnnotatedParameterTypes()[i];
      if (member.getParameterTypes()[i].isPrimitive()
          || parameter.isAnnotationPresent(Nullable.class)
          || isFree.test(parameter)) {
        continue;
      }
      @Nullable Object[] withNull = arguments.clone();
      withNull[i] = null;
      tried++;
      Throwable thrown = call(member, receiver, withNull, isKept);
      if (!(thrown instanceof NullPointerException)) {
        problems.add("%s, parameter %d: %s".formatted(name(member), i, thrown));
      }
    }
    return tried;
  }

  static String name(Executable member) {
    return member.toString().replaceAll("(public|static|final|abstract|dev\\.tazza\\.) ?", "");
  }
}
