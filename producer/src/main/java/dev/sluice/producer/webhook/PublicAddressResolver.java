package dev.sluice.producer.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Finds addresses in the Internet and no others. The connection is made to what was checked here: a
 * name that changes its mind in between gains nothing.
 */
final class PublicAddressResolver implements DnsResolver {

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] all = SystemDefaultDnsResolver.INSTANCE.resolve(host);
    for (InetAddress one : all) {
      if (!isPublic(one)) {
        throw new UnknownHostException(
            "%s is no address in the Internet, and sluice.webhooks.allow-private-addresses is off"
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

  /** What the JDK has no word for. */
  private static boolean isReserved(byte[] bytes) {
    int first = bytes[0] & 0xFF;
    int second = bytes[1] & 0xFF;
    if (bytes.length == 4) {
      return first == 0 // this network
          || (first == 100 && second >= 64 && second < 128) // carriers' own
          || (first == 192 && second == 0 && bytes[2] == 0) // protocols
          || (first == 198 && (second == 18 || second == 19)) // measurements
          || first >= 240;
    }
    return (first & 0xFE) == 0xFC // unique local
        || (first == 0 && second == 0) // IPv4 in IPv6, and the like
        || (first == 0 && second == 0x64) // NAT64
        || (first == 0x20 && second == 0x02); // 6to4
  }
}
