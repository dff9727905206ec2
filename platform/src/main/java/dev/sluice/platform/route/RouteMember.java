package dev.sluice.platform.route;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of one member of a route: a deployment, a region, an account or a key. Everything else
 * is as in the settings of the route and its provider.
 *
 * @param name 1-64 lower-case letters, digits and hyphens; part of metric labels. Required.
 * @param url the member's base URL with its version path. Default: {@code provider.url}; either all
 *     members have a URL, or the provider has.
 * @param apiKey the member's API key. Default: the provider's key.
 * @param apiKeyFile file with the key, used instead of {@code apiKey}. Default: the provider's key.
 * @param model name of the model at this member, which replaces the model of each request. Default:
 *     none, requests are sent as they are.
 * @param order members with a lower number are preferred, 1-100. Default: 1.
 * @param account name of the account, as {@code name}; members of one account share its limits.
 *     Default: the member's name, an account of its own.
 */
public record RouteMember(
    String name,
    @Nullable URI url,
    @DefaultValue("") String apiKey,
    @Nullable Path apiKeyFile,
    @DefaultValue("") String model,
    @DefaultValue("1") int order,
    @DefaultValue("") String account) {
  /** The maximum number of members of a route. */
  public static final int MAX_MEMBERS = 100;

  /** The only member of a route without members: its provider. It has no name. */
  static final RouteMember ONLY = new RouteMember("", null, "", null, "", 1, "");

  /** The name of the account, whose limits its members share. */
  public String accountName() {
    return account.isEmpty() ? name : account;
  }

  /**
   * The name of the member among all routes: {@code route/member}, or the route's name if it has
   * only this member without a name. No route name has a slash.
   */
  public String qualifiedName(String route) {
    return qualified(route, name);
  }

  /** The name of the account among all routes, as {@link #qualifiedName}. */
  public String qualifiedAccount(String route) {
    return qualified(route, accountName());
  }

  private static String qualified(String route, String name) {
    return name.isEmpty() ? route : route + "/" + name;
  }

  /** The provider of the route, with the URL and the key of this member. */
  Provider provider(Provider shared) {
    boolean hasKey = apiKeyFile != null || !apiKey.isEmpty();
    return new Provider(
        url == null ? shared.url() : url,
        hasKey ? apiKey : shared.apiKey(),
        hasKey ? apiKeyFile : shared.apiKeyFile(),
        shared.auth(),
        shared.headers(),
        shared.query(),
        shared.sslBundle(),
        shared.dialect(),
        shared.maxTokensField(),
        shared.connectTimeout(),
        shared.callTimeout(),
        shared.sendTraceparent());
  }

  /** Omits the key: settings are printed in logs and error messages. */
  @Override
  public String toString() {
    return "RouteMember[name=%s, url=%s, order=%d, account=%s]"
        .formatted(name, url, order, accountName());
  }
}
