package dev.sluice.producer.infrastructure.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The login of the embedded PostgreSQL: the user {@code postgres} with a random password.
 *
 * <p>The file {@code password} holds it, and only the owner of this process can read the file. A
 * loopback port without a password would serve every local account.
 */
record EmbeddedLogin(Path directory, Path data) {
  static final String USER = "postgres";
  private static final String LOOPBACK = "host all all 127.0.0.1/32 ";
  private static final int PASSWORD_BYTES = 32;

  Path file() {
    return directory.resolve("password");
  }

  String password() throws IOException {
    return Files.readString(file()).strip();
  }

  /** Whether the data exists, and accepts logins without a password. */
  boolean isMissing() {
    return Files.exists(data.resolve("PG_VERSION")) && !Files.exists(file());
  }

  static String random() {
    byte[] bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Stores the password in the file. */
  void store(String password) throws IOException {
    Path unfinished = directory.resolve("password.new");
    Files.deleteIfExists(unfinished);
    Files.createFile(
        unfinished,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(unfinished, password + "\n");
    Files.move(unfinished, file(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Creates the password of new data, or configures existing data to require its password. */
  void require() throws IOException {
    if (Files.exists(data.resolve("PG_VERSION"))) {
      writeRules("scram-sha-256");
    } else if (!Files.exists(file())) {
      store(random());
    }
  }

  /** Configures the data to accept a login without a password, so that a password can be set. */
  void allowWithoutPassword() throws IOException {
    writeRules("trust");
  }

  private void writeRules(String method) throws IOException {
    Files.writeString(data.resolve("pg_hba.conf"), LOOPBACK + method + "\n");
  }
}
