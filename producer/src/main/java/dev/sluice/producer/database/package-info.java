/**
 * The PostgreSQL that holds the state: an embedded one, or one by URL. Depends on no other package.
 */
@NullMarked
package dev.sluice.producer.database;

import org.jspecify.annotations.NullMarked;
