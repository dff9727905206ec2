package dev.sluice.system.contract;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.util.ClassUtils;

/**
 * A class of the producer, found by its simple name, so that it may move between packages. Its
 * members are not visible to other packages.
 */
record ProducerClass(Class<?> type) {

  static ProducerClass named(String simpleName) throws ClassNotFoundException {
    ClassPathScanningCandidateComponentProvider scan =
        new ClassPathScanningCandidateComponentProvider(/* useDefaultFilters= */ false);
    scan.addIncludeFilter(
        (reader, factory) -> reader.getClassMetadata().getClassName().endsWith("." + simpleName));
    String name =
        scan.findCandidateComponents("dev.sluice").stream()
            .map(bean -> Objects.requireNonNull(bean.getBeanClassName()))
            .findFirst()
            .orElseThrow(() -> new ClassNotFoundException(simpleName));
    return new ProducerClass(ClassUtils.forName(name, ProducerClass.class.getClassLoader()));
  }

  /** The texts of a static constant, which is a string or a collection of strings. */
  Set<String> constant(String name) throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    Object value = Objects.requireNonNull(field.get(null));
    Set<String> texts = new TreeSet<>();
    if (value instanceof Collection<?> all) {
      all.forEach(text -> texts.add(text.toString()));
    } else {
      texts.add(value.toString());
    }
    return texts;
  }

  /** Creates an instance; the first argument is given, all others are null. */
  Object create(Object first) throws ReflectiveOperationException {
    Constructor<?> constructor = type.getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    Object[] arguments = new Object[constructor.getParameterCount()];
    arguments[0] = first;
    return constructor.newInstance(arguments);
  }

  boolean test(String method, Object instance, Object argument)
      throws ReflectiveOperationException {
    for (Method candidate : type.getDeclaredMethods()) {
      if (candidate.getName().equals(method) && candidate.getParameterCount() == 1) {
        candidate.setAccessible(true);
        return (boolean) Objects.requireNonNull(candidate.invoke(instance, argument));
      }
    }
    throw new NoSuchMethodException(method);
  }
}
