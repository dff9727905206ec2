/** Route settings and provider connections: endpoint, API key, models and limits. */
@NullMarked
package dev.sluice.common.route;

import org.jspecify.annotations.NullMarked;
