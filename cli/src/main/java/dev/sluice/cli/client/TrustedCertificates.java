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

/** Whose certificates are trusted in place of those that Java trusts. */
final class TrustedCertificates {
  private TrustedCertificates() {}

  /**
   * Connections to servers of these authorities alone.
   *
   * @param origin how the user named the file
   * @param pem one or more certificates
   * @throws CommandException where there are none to read
   */
  static SSLSocketFactory of(String origin, Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry("authority-" + trusted.size(), one);
      }
      if (trusted.size() == 0) {
        throw CommandException.wrongUsage(
            "%s (%s) holds no certificate in PEM".formatted(origin, pem));
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, trust.getTrustManagers(), null);
      return tls.getSocketFactory();
    } catch (IOException unreadable) {
      throw CommandException.wrongUsage(
          "%s (%s) cannot be read (%s)"
              .formatted(origin, pem, unreadable.getClass().getSimpleName()));
    } catch (GeneralSecurityException notPem) {
      throw CommandException.wrongUsage(
          "%s (%s) holds no certificate in PEM (%s)".formatted(origin, pem, notPem.getMessage()));
    }
  }
}
