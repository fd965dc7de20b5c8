package dev.tazza;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a method is called in WebAssembly, where that is not its own name: the export that a method
 * of an interface stands for ({@link Instance#as}), or the import that a method of an object
 * implements ({@link Linker#host}).
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface WasmName {
  String value();
}
