package dev.sluice.producer.live;

import dev.sluice.platform.route.ProviderConnection;
import dev.sluice.platform.route.RouteSettings;
import dev.sluice.platform.route.Routes;
import dev.sluice.producer.web.ApiException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * OpenAI's endpoints for models: lists the models that the settings name, and for a route with a
 * pattern the models that its provider lists. Listing is free of charge and needs no permit.
 */
@RestController
class ModelsController {
  private static final Logger LOG = LoggerFactory.getLogger(ModelsController.class);
  private static final Duration CACHE_TTL = Duration.ofMinutes(1);

  private final Routes routes;
  private final Map<String, ProviderModels> providers;
  private final Map<String, CachedModels> cache = new ConcurrentHashMap<>();

  ModelsController(Routes routes, SslBundles bundles) {
    this.routes = routes;
    this.providers =
        routes.all().stream()
            .collect(
                Collectors.toMap(
                    RouteSettings::name,
                    route ->
                        new ProviderModels(ProviderConnection.to(route.firstProvider(), bundles))));
  }

  private record CachedModels(Map<String, Model> models, long at) {
    boolean isFresh() {
      return System.nanoTime() - at < CACHE_TTL.toNanos();
    }
  }

  @GetMapping("/v1/models")
  ModelList list() {
    return new ModelList("list", List.copyOf(all().values()));
  }

  /** Names of models may contain slashes, which some clients encode. */
  @GetMapping("/v1/models/{*model}")
  Model retrieve(@PathVariable("model") String path) {
    String name = path.substring(1);
    Model model = all().get(name);
    if (model == null) {
      throw ApiException.noSuchModel(name);
    }
    return model;
  }

  private Map<String, Model> all() {
    Map<String, Model> all = new LinkedHashMap<>();
    for (RouteSettings route : routes.all()) {
      for (String model : route.models()) {
        if (!model.endsWith("*")) {
          all.putIfAbsent(model, new Model(model, "model", 0, route.name()));
        } else {
          listedByProvider(route).forEach(all::putIfAbsent);
        }
      }
    }
    return all;
  }

  private Map<String, Model> listedByProvider(RouteSettings route) {
    CachedModels cached = cache.get(route.name());
    if (cached == null || !cached.isFresh()) {
      cached = new CachedModels(fetch(route), System.nanoTime());
      cache.put(route.name(), cached);
    }
    return cached.models();
  }

  private Map<String, Model> fetch(RouteSettings route) {
    ProviderModels provider = Objects.requireNonNull(providers.get(route.name()), route.name());
    try {
      Map<String, Model> models = new LinkedHashMap<>();
      for (ProviderModels.ListedModel model : provider.list()) {
        if (routes.forModel(model.id()).filter(route::equals).isPresent()) {
          models.put(model.id(), new Model(model.id(), "model", model.created(), model.ownedBy()));
        }
      }
      return models;
    } catch (IOException | RuntimeException failure) {
      LOG.info("The provider of route {} lists no models: {}", route.name(), failure.toString());
      return Map.of();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Map.of();
    }
  }

  record ModelList(String object, List<Model> data) {}

  record Model(String id, String object, long created, String ownedBy) {}
}
