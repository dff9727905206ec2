/** The PostgreSQL that contains the state: embedded or external. */
@NullMarked
package dev.sluice.producer.infrastructure.database;

import org.jspecify.annotations.NullMarked;
