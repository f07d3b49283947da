// Tests of VirtualModules.
