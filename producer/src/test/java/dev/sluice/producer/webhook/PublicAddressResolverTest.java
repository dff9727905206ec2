package dev.sluice.producer.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressResolverTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.8",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::"
      })
  void nonPublicAddressesAreRejected(String address) {
    assertThatThrownBy(() -> new PublicAddressResolver().resolve(address))
        .isInstanceOf(UnknownHostException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "172.15.0.1",
        "172.32.0.1",
        "100.63.0.1",
        "100.128.0.1",
        "2606:4700::1"
      })
  void publicAddressesAreAccepted(String address) throws UnknownHostException {
    assertThat(new PublicAddressResolver().resolve(address))
        .containsExactly(InetAddress.getByName(address));
  }

  @Test
  void localHostNamesAreRejected() {
    assertThatThrownBy(() -> new PublicAddressResolver().resolve("localhost"))
        .hasMessageContaining("sluice.webhooks.allow-private-addresses");
  }

  @Test
  void backoffDoublesUpToOneHour() {
    assertThat(WebhookDeliverer.backoff(1)).isEqualTo(Duration.ofSeconds(5));
    assertThat(WebhookDeliverer.backoff(2)).isEqualTo(Duration.ofSeconds(10));
    assertThat(WebhookDeliverer.backoff(11)).isEqualTo(Duration.ofHours(1));
    assertThat(WebhookDeliverer.backoff(5000)).isEqualTo(Duration.ofHours(1));
  }
}
