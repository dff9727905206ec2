package dev.sluice.platform.secret;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/** A certificate authority for tests. It starts keytool once per key pair. */
public final class TestAuthority {
  private static final String PASSWORD = "changeit";

  private final Path folder;

  private TestAuthority(Path folder) {
    this.folder = folder;
  }

  /** Certificate and private key of a server or client, as PEM files. */
  public record SignedCertificate(Path certificate, Path key) {}

  /** Creates an authority with its files in the folder. */
  public static TestAuthority in(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    TestAuthority authority = new TestAuthority(folder);
    authority.keyPair("authority", "-ext", "bc:c=ca:true", "-ext", "ku=keyCertSign");
    authority.certificateFile("authority");
    return authority;
  }

  /** The authority's own certificate, as a PEM file. */
  public Path certificate() {
    return folder.resolve("authority.pem");
  }

  /**
   * Signs a certificate.
   *
   * @param names subject alternative names such as {@code dns:localhost} or {@code ip:127.0.0.1}
   */
  public SignedCertificate sign(String alias, String... names) {
    keyPair(alias, "-signer", "authority", "-ext", "SAN=" + String.join(",", names));
    return new SignedCertificate(certificateFile(alias), keyFile(alias));
  }

  /** A bundle with this authority in its trust store, and the given certificate as its own. */
  public SslBundle bundle(SignedCertificate own) {
    return SslBundle.of(
        new PemSslStoreBundle(
            PemSslStoreDetails.forCertificate(read(own.certificate()))
                .withPrivateKey(read(own.key())),
            PemSslStoreDetails.forCertificate(read(certificate()))));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void keyPair(String alias, String... extraArguments) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=%s %s".formatted(folder.getFileName(), alias),
                "-validity",
                "30"));
    arguments.addAll(List.of(extraArguments));
    keytool(alias, arguments.toArray(String[]::new));
  }

  private Path certificateFile(String alias) {
    try {
      byte[] certificate = Objects.requireNonNull(keys().getCertificate(alias)).getEncoded();
      return pem(folder.resolve(alias + ".pem"), "CERTIFICATE", certificate);
    } catch (GeneralSecurityException failed) {
      throw new IllegalStateException(failed);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private Path keyFile(String alias) {
    try {
      byte[] key =
          Objects.requireNonNull(keys().getKey(alias, PASSWORD.toCharArray())).getEncoded();
      Path file = pem(folder.resolve(alias + ".key"), "PRIVATE KEY", key);
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (GeneralSecurityException failed) {
      throw new IllegalStateException(failed);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private KeyStore keys() throws GeneralSecurityException, IOException {
    try (InputStream in = Files.newInputStream(store())) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      return keys;
    }
  }

  private static Path pem(Path file, String type, byte[] content) throws IOException {
    String lines =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    return Files.writeString(
        file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(type, lines));
  }

  private Path store() {
    return folder.resolve("keys.p12");
  }

  private void keytool(String alias, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
    command.addAll(List.of(arguments));
    command.addAll(
        List.of(
            "-alias",
            alias,
            "-keystore",
            store().toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD));
    try {
      Process keytool =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("keytool.log").toFile())
              .start();
      if (keytool.waitFor() != 0) {
        throw new IllegalStateException(command + ": " + read(folder.resolve("keytool.log")));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }
}
