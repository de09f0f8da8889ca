import platform

from weaklink.doctor.processor import processor

CORE = "processor\t: {}\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n"


def test_the_generation_is_told_by_family_and_model(tmp_path):
    described = tmp_path / "cpuinfo"
    described.write_text("\n".join(CORE.format(i) for i in range(2)))
    assert processor(described) == "AMD EPYC (family 25, model 17)"


def test_a_processor_without_a_name_is_its_architecture(tmp_path):
    described = tmp_path / "cpuinfo"
    described.write_text("processor\t: 0\nBogoMIPS\t: 50.00\nCPU part\t: 0xd0c\n")
    assert processor(described) == platform.machine()


def test_where_the_system_does_not_say_the_standard_library_is_asked(tmp_path):
    assert processor(tmp_path / "none") == (platform.processor() or platform.machine())
