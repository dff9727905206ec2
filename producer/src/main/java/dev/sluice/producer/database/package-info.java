/** The PostgreSQL that holds the state: embedded or external. */
@NullMarked
package dev.sluice.producer.database;

import org.jspecify.annotations.NullMarked;
