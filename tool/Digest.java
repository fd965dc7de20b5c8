import static java.lang.constant.ConstantDescs.CD_long;

import dev.tazza.translate.ClassDigest;
import java.io.IOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes down which code generator was built: the class {@code BuiltDigests} is replaced by one
 * that returns the digests of the classes that are on the class path.
 *
 * <p>{@code java -cp CLASSES tool/Digest.java FOLDER}, where the class is in {@code FOLDER}.
 */
final class Digest {
  private static final ClassDesc BUILT = ClassDesc.of("dev.tazza.translate", "BuiltDigests");

  private Digest() {}

  public static void main(String[] args) throws IOException {
    byte[] bytes =
        ClassFile.of()
            .build(
                BUILT,
                type -> {
                  type.withVersion(ClassFile.JAVA_25_VERSION, 0);
                  type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
                  method(type, "generator", ClassDigest.generator());
                  method(type, "layouts", ClassDigest.layouts());
                });
    Path file = Path.of(args[0], "dev", "tazza", "translate", "BuiltDigests.class");
    if (!Files.exists(file)) {
      throw new IOException("nothing to replace: " + file);
    }
    Files.write(file, bytes);
  }

  private static void method(ClassBuilder type, String name, long result) {
    type.withMethodBody(
        name,
        MethodTypeDesc.of(CD_long),
        ClassFile.ACC_STATIC,
        code -> code.loadConstant(result).lreturn());
  }
}
