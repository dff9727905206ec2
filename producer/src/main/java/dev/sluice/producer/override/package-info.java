/**
 * What people want of the routes beyond their settings: holds and limits by hand, kept in
 * PostgreSQL and told to the workers. Depends on {@code error} and {@code loop}.
 */
@NullMarked
package dev.sluice.producer.override;

import org.jspecify.annotations.NullMarked;
