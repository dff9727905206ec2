/** Sluice in a Spring Boot application: knows both ways of giving it work. */
@NullMarked
package dev.sluice.client;

import org.jspecify.annotations.NullMarked;
