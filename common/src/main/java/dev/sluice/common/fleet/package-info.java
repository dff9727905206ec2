/**
 * What workers tell each other and the producers about the routes, while they run: nothing of it is
 * kept. Depends on {@code topology}.
 */
@NullMarked
package dev.sluice.common.fleet;

import org.jspecify.annotations.NullMarked;
