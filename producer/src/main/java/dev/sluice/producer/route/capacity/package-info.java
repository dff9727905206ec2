/** Plans how many workers each route needs and when its backlog is finished. */
@NullMarked
package dev.sluice.producer.route.capacity;

import org.jspecify.annotations.NullMarked;
