/**
 * What worker and waiting caller say to each other about a live task. Depends on {@code wire} and
 * {@code topology}.
 */
@NullMarked
package dev.sluice.common.live;

import org.jspecify.annotations.NullMarked;
