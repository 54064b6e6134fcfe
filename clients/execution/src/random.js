// Random operations over the schema: aliases, repeated keys, fragments on objects and interfaces, @skip and @include with
// variable defaults, nested connections, node and nodes, __typename, introspection.
import { fieldsOf, isNode, nodeTypeOf, rootConnections, rootLookups } from './shape.js';

export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** From 0 up to and without 1. */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  below(limit) {
    return Math.floor(this.next() * limit);
  }

  chance(percent) {
    return this.below(100) < percent;
  }

  one(list) {
    return list[this.below(list.length)];
  }
}

const INTROSPECTION = [
  '__schema { queryType { name } mutationType { name } }',
  '__type(name: "Lesson") { kind name description fields { name isDeprecated type { kind name ofType { kind name } } } }',
  '__type(name: "LessonFilter") { kind name inputFields { name defaultValue type { kind name ofType { name } } } }',
  '__type(name: "Outcome") { enumValues(includeDeprecated: true) { name description } possibleTypes { name } }',
  '__type(name: "Node") { possibleTypes { name } interfaces { name } }',
  '__type(name: "NothingOfTheKind") { name }',
];

/** Makes one operation with its variables. */
export class Operation {
  constructor(random, schema, records) {
    Object.assign(this, { random, schema, records });
    this.declared = [];
    this.variables = {};
    this.fragments = [];
    this.keys = 0;
    const roots = Array.from({ length: 1 + random.below(3) }, () => this.root()).join('\n');
    const declared = this.declared.length > 0 ? `(${this.declared.join(', ')})` : '';
    this.text = [`query Random${declared} {\n${roots}\n}`, ...this.fragments].join('\n');
  }

  key() {
    this.keys += 1;
    return `k${this.keys}`;
  }

  /** A value as a literal or as a variable, sometimes by the variable's default. */
  value(type, value) {
    const { random } = this;
    const literal = JSON.stringify(value);
    if (random.chance(50)) return literal;
    const name = `v${this.declared.length}`;
    if (random.chance(30) && !type.endsWith('!')) {
      this.declared.push(`$${name}: ${type} = ${literal}`);
    } else {
      this.declared.push(`$${name}: ${type}`);
      this.variables[name] = value;
    }
    return `$${name}`;
  }

  directives() {
    const { random } = this;
    if (!random.chance(12)) return '';
    const condition = () => this.value(random.chance(50) ? 'Boolean!' : 'Boolean', random.chance(50));
    const some = [];
    if (random.chance(60)) some.push(`@include(if: ${this.required(condition)})`);
    if (some.length === 0 || random.chance(20)) some.push(`@skip(if: ${this.required(condition)})`);
    return ` ${some.join(' ')}`;
  }

  /** A nullable variable may stand where a value is required only if it has a default. */
  required(make) {
    const before = this.declared.length;
    const value = make();
    const declared = this.declared[before];
    if (declared?.endsWith(': Boolean')) this.declared[before] = `${declared} = ${this.random.chance(50)}`;
    return value;
  }

  root() {
    const { random, schema } = this;
    const directives = this.directives();
    const roll = random.below(100);
    const alias = random.chance(80) ? `${this.key()}: ` : '';
    if (roll < 5) return `${alias || `${this.key()}: `}__typename${directives}`;
    if (roll < 10) return `${this.key()}: ${random.one(INTROSPECTION)}`.replace(' {', `${directives} {`);
    if (roll < 25) return `${this.key()}: node(id: ${this.value('ID!', this.id())})${directives} ${this.anyNode(1)}`;
    if (roll < 35) {
      const ids = Array.from({ length: random.below(5) }, () => this.id());
      return `${this.key()}: nodes(ids: ${this.value('[ID!]!', ids)})${directives} ${this.anyNode(1)}`;
    }
    if (roll < 60) {
      const { field, target } = random.one(rootLookups(schema));
      const argument = random.one(field.args);
      const type = String(argument.type);
      const record = random.one(this.records.of(target)) ?? {};
      const value = argument.name === 'id' ? this.id(target) : record[argument.name];
      const needed = type.endsWith('!') ? type : `${type}!`;
      if (typeof value !== 'string') return `${this.key()}: __typename`;
      return `${this.key()}: ${field.name}(${argument.name}: ${this.value(needed, value)})${directives} ${this.object(target, 1)}`;
    }
    const { field, target } = random.one(rootConnections(schema));
    const rows = this.records.roots.get(field.name);
    return `${this.key()}: ${field.name}${this.page(rows, 6)}${directives} ${this.connection(target, 1)}`;
  }

  /** Mostly one that is there; sometimes one that isn't, one of another type, or none at all. */
  id(type) {
    const { random, records } = this;
    const known = type ? records.of(type) : [...records.byId.values()];
    const id = (random.one(known) ?? random.one([...records.byId.values()])).id;
    const roll = random.below(100);
    if (roll < 75) return id;
    if (roll < 88) return `${id.slice(0, -4)}${random.one(['0000', 'zzzz', '7xk2'])}`;
    if (roll < 94) return random.one([...records.byId.values()]).id;
    return random.one(['', 'lesson', '42', `${id}0`, 'nothing_01h455vb4pex5vsknk084sn02q']);
  }

  page(rows, most) {
    const { random } = this;
    const size = random.below(most + 1);
    const anchored = random.chance(25) && rows?.length > 0;
    const cursor = anchored ? random.one(rows).cursor : null;
    const forward = random.chance(70);
    const parts = [`${forward ? 'first' : 'last'}: ${this.value('Int', size)}`];
    // Mostly the bound from which the page is counted; the other one, or both, are Relay's too.
    const bounds = random.chance(60) ? [forward ? 'after' : 'before'] : random.one([['after'], ['before'], ['after', 'before']]);
    for (const bound of anchored ? bounds : []) parts.push(`${bound}: ${this.value('String', bounds.length > 1 ? random.one(rows).cursor : cursor)}`);
    if (random.chance(30)) parts.reverse();
    return `(${parts.join(', ')})`;
  }

  connection(type, depth) {
    const { random } = this;
    const node = nodeTypeOf(type);
    const nodes = () => `nodes ${this.object(node, depth + 1)}`;
    const parts = [
      nodes,
      nodes,
      () => `edges { ${random.chance(60) ? 'cursor ' : ''}${random.chance(20) ? '__typename ' : ''}node ${this.object(node, depth + 1)} }`,
      () => `pageInfo { ${random.one(['hasNextPage', 'hasPreviousPage endCursor', 'startCursor p: __typename hasNextPage'])} }`,
      () => `${random.chance(50) ? `${this.key()}: ` : ''}totalCount`,
      () => 'totalCountIsExact __typename',
    ];
    const chosen = Array.from({ length: 1 + random.below(3) }, () => random.one(parts)());
    return `{ ${chosen.join(' ')} }`;
  }

  /** A selection of a node of a type that isn't known. */
  anyNode(depth) {
    const { random, schema } = this;
    const types = schema.getPossibleTypes(schema.getType('Node')).filter(isNode);
    const some = Array.from({ length: 1 + random.below(4) }, () => random.one(types));
    const parts = [...new Set(some)].map((type) => this.fragment(type, depth));
    return `{ ${random.chance(50) ? 'id ' : ''}__typename ${parts.join(' ')} ${random.chance(20) ? '... on Node { again: id }' : ''} }`;
  }

  /** A fragment on this type, in place or named. */
  fragment(type, depth) {
    const { random } = this;
    const directives = this.directives();
    if (random.chance(60)) return `... on ${type.name}${directives} ${this.object(type, depth + 1)}`;
    const name = `F${this.fragments.length}_${this.key()}`;
    const place = this.fragments.push('') - 1;
    this.fragments[place] = `fragment ${name} on ${type.name} ${this.object(type, depth + 1)}`;
    return `...${name}${directives}`;
  }

  object(type, depth) {
    const { random } = this;
    const parts = Array.from({ length: 1 + random.below(4) }, () => this.member(type, depth));
    if (random.chance(10) && depth < 4) parts.push(this.fragment(type, depth));
    if (random.chance(6)) parts.push(`...${this.directives()} { __typename }`);
    if (random.chance(8) && isNode(type)) parts.push('... on Node { id }');
    return `{ ${parts.join(' ')} }`;
  }

  member(type, depth) {
    const { random } = this;
    const known = fieldsOf(type).filter(({ kind }) => kind === 'leaf' || depth < 4);
    if (known.length === 0 || random.chance(8)) return `${random.chance(50) ? `${this.key()}: ` : ''}__typename`;
    const { field, target, kind } = random.one(known);
    const directives = this.directives();
    if (kind === 'leaf') return `${random.chance(30) ? `${this.key()}: ` : ''}${field.name}${directives}`;
    if (kind === 'connection') {
      const named = `${this.key()}: ${field.name}${this.page(null, 3)}${directives}`;
      return `${named} ${this.connection(target, depth + 1)}`;
    }
    // The same key twice: what is selected of it is merged.
    const alias = random.chance(30) ? `${this.key()}: ` : '';
    const once = () => `${alias}${field.name}${directives} ${this.object(target, depth + 1)}`;
    return random.chance(20) ? `${once()} ${once()}` : once();
  }
}

/** A valid operation made invalid, or what looks so. */
export function spoiled(random, text) {
  const ways = [
    () => text.replace(/\b(name|id|title)\b(?!\s*:)/, 'nothingOfTheKind'),
    () => text.replace('{', '{ unknownRoot '),
    () => text.replace('query Random', 'query Random @nothing'),
    () => `${text}\nfragment Unused on Lesson { id }`,
    () => `${text}\nquery Random { __typename }`,
    () => `${text}\n{ __typename }`,
    () => `${text}\nfragment A on Lesson { ...B } fragment B on Lesson { ...A }`,
    () => text.replace('{', '{ x: lesson { id } '),
    () => text.replace('{', '{ x: lesson(id: $undeclared) { id } '),
    () => text.replace('{', '{ x: lesson(id: 3.5) { id } '),
    () => text.replace('{', '{ x: lesson(id: "a", id: "b") { id } '),
    () => text.replace('{', '{ x: lessons(first: "3") { totalCount } '),
    () => text.replace('{', '{ x: lessons(filter: { nothing: 1 }) { totalCount } '),
    () => text.replace('{', '{ x: lessons(sort: NOTHING) { totalCount } '),
    () => text.replace('{', '{ x: lessons { nodes } '),
    () => text.replace('{', '{ x: lessons { totalCount { id } } '),
    () => text.replace('{', '{ x: lesson(id: "a") { id ...Missing } '),
    () => text.replace('{', '{ x: lesson(id: "a") { ... on Country { id } } '),
    () => text.replace('{', '{ x: lesson(id: "a") { ... on Nothing { id } } '),
    () => text.replace('{', '{ x: lesson(id: "a") { ... on String { id } } '),
    () => text.replace('{', '{ x: lesson(id: "a") { id @include } '),
    () => text.replace('{', '{ x: lesson(id: "a") { id @include(if: "yes") } '),
    () => text.replace('{', '{ x: lesson(id: "a") { id @skip(if: true) @skip(if: false) } '),
    () => text.replace('{', '{ x: lesson(id: "a") { t: title t: id } '),
    () => text.replace('{', '{ x: lesson(id: "a") { c: country { id } c: platform { id } } '),
    () => text.replace('query Random', 'query Random($a: Lesson)').replace(/\)\(/, ', '),
    () => text.replace('query Random', 'query Other($unused: Int, $unused: Int)').replace(/\)\(/, ', '),
    () => text.slice(0, -1),
    () => text.replace('}', '} }'),
    () => text.replace('{', '{ '),
  ];
  return random.one(ways)();
}
