/** Route settings and provider connections: endpoint, API key, models and limits. */
@NullMarked
package dev.sluice.platform.route;

import org.jspecify.annotations.NullMarked;
