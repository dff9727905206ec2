/** Stores the operators' holds and limits of the routes and publishes them to the workers. */
@NullMarked
package dev.sluice.producer.route.override;

import org.jspecify.annotations.NullMarked;
