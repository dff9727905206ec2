package dev.sluice.producer.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Resolves host names to public addresses only. The HTTP client connects to the addresses that are
 * checked here, which prevents DNS rebinding.
 */
final class PublicAddressResolver implements DnsResolver {

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] all = SystemDefaultDnsResolver.INSTANCE.resolve(host);
    for (InetAddress address : all) {
      if (!isPublic(address)) {
        throw new UnknownHostException(
            "%s is not a public address, and sluice.webhooks.allow-private-addresses is false"
                .formatted(host));
      }
    }
    return all;
  }

  @Override
  public String resolveCanonicalHostname(String host) throws UnknownHostException {
    return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
  }

  static boolean isPublic(InetAddress address) {
    return !(address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()
        || isReserved(address.getAddress()));
  }

  /** Reserved ranges that {@link InetAddress} has no method for. */
  private static boolean isReserved(byte[] bytes) {
    int first = bytes[0] & 0xFF;
    int second = bytes[1] & 0xFF;
    if (bytes.length == 4) {
      return first == 0 // "this network"
          || (first == 100 && second >= 64 && second < 128) // carrier-grade NAT
          || (first == 192 && second == 0 && bytes[2] == 0) // IETF protocol assignments
          || (first == 198 && (second == 18 || second == 19)) // benchmarking
          || first >= 240;
    }
    return (first & 0xFE) == 0xFC // unique local
        || (first == 0 && second == 0) // IPv4-compatible, and other reserved ranges
        || (first == 0 && second == 0x64) // NAT64
        || (first == 0x20 && second == 0x02); // 6to4
  }
}
