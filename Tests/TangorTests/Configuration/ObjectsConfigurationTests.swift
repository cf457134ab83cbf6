import Testing

@testable import Tangor

@Suite struct ObjectsConfigurationTests {
  @Test func objectsHaveSettingsOfTheirOwn() throws {
    let configuration = try read(
      """
      interface:
        include_internals: true
        max_interface_depth: 2
        access_restricting_attributes: [secret, private]
      func_caller: {locking_default: true, time_limit_default: 5, max_start_delay_default: 1}
      synchronous_task_lock.max_workers: 3
      add_attributes: true
      instance_configs:
        sample:
          interface: {include_internals: false, source_access: true}
          func_caller.max_start_delay_default: 250ms
        other: {}
      """)
    let objects = configuration.objects
    #expect(objects.includesInternals && objects.maximumDepth == 2 && objects.restrictingMarks == ["secret", "private"])
    #expect(objects.isLocking && objects.timeLimit == .seconds(5) && objects.maxStartDelay == .seconds(1))
    #expect(objects.maximumWorkers == 3)
    var sample = ObjectOptions()
    sample.includesInternals = false
    sample.showsSource = true
    sample.maxStartDelay = .milliseconds(250)
    #expect(objects.instances == ["sample": sample, "other": ObjectOptions()])
  }

  @Test func unknownKeysOfAnObjectAreRefusedWithAHint() {
    let found = findings("instance_configs: {sample: {interface: {source_acess: true}}}").joined()
    #expect(found.contains("unknown key 'instance_configs.sample.interface.source_acess'; did you mean 'interface.source_access'?"))
    #expect(findings("interface: {max_interface_depth: 65}").count == 1)
    #expect(findings("synchronous_task_lock: {max_workers: 0}").count == 1)
  }

  /// What is printed of it loads again as the same.
  @Test func settingsOfObjectsArePrintedAsTheyAreRead() throws {
    let configuration = try read("instance_configs: {sample: {interface: {include_dunders: true}, func_caller: {time_limit_default: 2s}}}")
    let printed = ConfigurationPrinter.text(of: configuration)
    #expect(try read(printed).objects == configuration.objects, "\(printed)")
  }
}
