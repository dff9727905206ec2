package dev.sluice.cli.client;

import dev.sluice.cli.terminal.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Loads CA certificates that replace Java's trusted certificates. */
final class TrustedCertificates {
  private TrustedCertificates() {}

  /**
   * A socket factory with only these CA certificates in its trust store.
   *
   * @param origin the option or variable with the file's name, for error messages
   * @param pem file with one or more certificates
   * @throws CommandException if the file is unreadable or has no certificate
   */
  static SSLSocketFactory of(String origin, Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("ca-" + trusted.size(), certificate);
      }
      if (trusted.size() == 0) {
        throw CommandException.usageError(
            "%s (%s) contains no PEM certificate".formatted(origin, pem));
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, trust.getTrustManagers(), null);
      return tls.getSocketFactory();
    } catch (IOException unreadable) {
      throw CommandException.usageError(
          "%s (%s) cannot be read (%s)"
              .formatted(origin, pem, unreadable.getClass().getSimpleName()));
    } catch (GeneralSecurityException notPem) {
      throw CommandException.usageError(
          "%s (%s) contains no valid PEM certificate (%s)"
              .formatted(origin, pem, notPem.getMessage()));
    }
  }
}
